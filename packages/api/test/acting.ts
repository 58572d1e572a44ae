import { createDelivery, type ModemSender } from '@paikea/delivery'
import { SILENT_LOG } from '@paikea/domain'
import { buildDevice, buildGroup, buildModem, buildRoute } from '@paikea/database/testing'
import type { TestApi } from './test-api.ts'

/** A device whose messages go to another one's modem. */
export async function buildRoutedPair(api: TestApi, source: 'buoy' | 'handset') {
  const { id: groupId } = await buildGroup(api.db)
  const [modem, target] = [await buildModem(api.db), await buildModem(api.db)]
  const device = await buildDevice(api.db, { groupId, kind: source, modemId: modem.id })
  await buildDevice(api.db, { groupId, kind: source === 'buoy' ? 'handset' : 'buoy', modemId: target.id })
  const route = await buildRoute(api.db, { groupId, sourceDeviceId: device.id, targetModemId: target.id })
  return { groupId, imei: modem.imei, iam: device.iam, targetImei: target.imei, routeId: route.id }
}

/** What the workflows do, without them: the same planning and sending. */
export function createActing(api: TestApi) {
  const sent: { readonly imei: string; readonly text: string }[] = []
  const modemSender: ModemSender = {
    sendMt({ imei, data }) {
      sent.push({ imei, text: Buffer.from(data).toString('latin1') })
      return Promise.resolve({ outcome: 'sent', id: String(sent.length) })
    },
  }
  const delivery = createDelivery({
    db: api.db,
    modemSender,
    rockStarSender: null,
    notifyOutbound: () => undefined,
    wakeOutbound: () => undefined,
    log: SILENT_LOG,
    localTurnWaitMs: 0,
  })
  const { InboundMessage, OutboundMessage } = api.db.models
  return {
    /** What left, in its order. */
    sent,
    /** Acts on all messages that wait for it, and sends what comes of them. */
    async act(): Promise<void> {
      const accepted = await InboundMessage.findAll({ where: { state: 'accepted' }, order: ['id'] })
      for (const { id } of accepted) await delivery.actOnMessage(Number(id))
      const queued = await OutboundMessage.findAll({ where: { state: 'queued' }, order: ['orderKey', 'id'] })
      for (const { id } of queued) await delivery.tryNow({ outboundId: Number(id), wish: 'send' })
    },
  }
}
