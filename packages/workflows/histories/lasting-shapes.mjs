import { findDevice } from '@paikea/database'
import { buildDevice, buildModem } from '@paikea/database/testing'
import { beginRecovery } from '@paikea/delivery'
import { buildWebhookRoute, startReceiver } from '@paikea/delivery/testing'
import * as workflows from '@paikea/workflows'
import { storePositions } from '@paikea/workflows/testing'

/** Shapes of the workflows that look after something for a while: endpoints, accounts and recoveries; and of programs' deliveries. */
export function lastingShapes({ db, client, dispatcher, vendor, sendOne, until }) {
  /** One message of a buoy that is routed to a webhook. */
  async function sendToProgram(url, beforeIt = async () => undefined) {
    const modem = await buildModem(db)
    const { id: deviceId, groupId } = await buildDevice(db, { modemId: modem.id })
    const { endpointId } = await buildWebhookRoute(db, { groupId, deviceId, url })
    await beforeIt(endpointId)
    const [message] = await storePositions(db, { imei: modem.imei, count: 1 })
    dispatcher.notifyInbound([message])
    return { endpointId, message }
  }

  /** A recovery of six hours whose workflow runs; `endsAt` is a time that has passed. */
  async function startRecovery() {
    const modem = await buildModem(db)
    const { iam } = await buildDevice(db, { modemId: modem.id, generation: 'v3' })
    const device = await findDevice(db, { scope: { all: true }, iam })
    const wish = { minutes: 5, hours: 6, backMinutes: 60 }
    const { id } = await db.write((tx) =>
      beginRecovery(db, { device, wish, requestedBy: 'recorder', now: new Date() }, tx),
    )
    const handle = client.workflow.getHandle(workflows.recoveryWorkflowId(id))
    await until('its workflow runs', () => handle.describe().catch(() => null))
    return { id, handle, endsAt: new Date(Date.now() - 60_000) }
  }

  async function countTimers(handle) {
    const { events } = await handle.fetchHistory()
    return events.filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes != null).length
  }

  return {
    async 'inbound-to-programs'() {
      const receiver = await startReceiver()
      const { message } = await sendToProgram(receiver.url)
      const handle = client.workflow.getHandle(workflows.inboundWorkflowId(message.key))
      await until('its workflow is there', () => handle.describe().catch(() => null))
      await handle.result()
      await receiver.close()
      return handle
    },
    async 'endpoint-probed-and-drained'() {
      const receiver = await startReceiver()
      const { endpointId } = await sendToProgram(receiver.url, async (id) => {
        const now = new Date()
        const paused = {
          state: 'paused',
          reasonCode: 'failing',
          reasonDetail: 'Nothing got through.',
          stateChangedAt: now,
        }
        const probed = { probeAt: new Date(now.getTime() + 2_000), failingSince: now, draining: true }
        const change = { ...paused, ...probed }
        await db.write((transaction) => db.models.Endpoint.update(change, { where: { id }, transaction }))
      })
      const handle = client.workflow.getHandle(workflows.endpointWorkflowId(endpointId))
      await until('its workflow is there', () => handle.describe().catch(() => null))
      await handle.result()
      await receiver.close()
      return handle
    },
    async 'account-parked-resumed'() {
      vendor.setFault('no-credit')
      await sendOne()
      const handle = client.workflow.getHandle(workflows.accountWorkflowId('modem'))
      await until('it says what to do', async () => {
        const { memo = {} } = await handle.describe().catch(() => ({}))
        return JSON.stringify(memo).includes('Buy credits')
      })
      vendor.setFault(null)
      await handle.signal('resume')
      return handle
    },
    async 'recovery-asked-and-over'() {
      const { id, handle, endsAt } = await startRecovery()
      await until('it waits', async () => (await countTimers(handle)) > 0)
      await db.write((transaction) => db.models.Recovery.update({ endsAt }, { where: { id }, transaction }))
      await handle.signal('yourTurn')
      return handle
    },
  }
}
