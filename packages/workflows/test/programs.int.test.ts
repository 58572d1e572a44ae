import { WorkflowNotFoundError } from '@temporalio/client'

import { buildDevice, buildGroup, buildModem } from '@paikea/database/testing'
import { buildWebhookRoute, startReceiver, storePositions, type Receiver } from '@paikea/delivery/testing'

import { endpointWorkflowId, inboundWorkflowId, outboundWorkflowId, type EndpointResult } from '../src/mod.ts'
import { eventsOf, openStage, temporalOfTestRun, until, type Stage } from './stage.ts'

const { describeOn, address, why } = temporalOfTestRun()

describeOn(`programs’ endpoints on a real server${why}`, () => {
  let stage: Stage
  let receiver: Receiver

  beforeAll(async () => {
    stage = await openStage({ address })
    stage.dispatcher.start()
    receiver = await startReceiver()
  })
  afterAll(async () => {
    await stage.close()
    await receiver.close()
  })

  async function buildSea(path: string) {
    const group = await buildGroup(stage.db)
    const modem = await buildModem(stage.db)
    const device = await buildDevice(stage.db, { groupId: group.id, modemId: modem.id })
    const of = { groupId: group.id, deviceId: device.id, url: `${receiver.url}${path}`, label: `hook ${path}` }
    return { imei: modem.imei, ...(await buildWebhookRoute(stage.db, of)) }
  }

  async function sendOne(imei: string): Promise<{ readonly messageId: number; readonly key: string }> {
    const [message] = await storePositions(stage.db, { imei, count: 1 })
    if (message === undefined) throw new Error('nothing stored')
    stage.dispatcher.notifyInbound([message])
    return message
  }

  const rowOf = (causeMessageId: number, is: (row: { state: string; lane: string }) => boolean) =>
    until('its delivery is so far', async () => {
      const row = await stage.db.models.OutboundMessage.findOne({ where: { causeMessageId } })
      return row !== null && is(row) && row
    })
  const requestsTo = (path: string) => receiver.requests.filter((request) => request.path === path)

  it('receive a message within its own workflow, in one task and without another workflow', async () => {
    const { imei } = await buildSea('/well')
    const { messageId, key } = await sendOne(imei)
    const row = await rowOf(messageId, ({ state }) => state === 'sent')
    const handle = stage.client.workflow.getHandle(inboundWorkflowId(key))
    expect(await handle.result()).toMatchObject({ deliveries: [Number(row.id)], direct: [Number(row.id)] })
    expect(await eventsOf(stage.client, inboundWorkflowId(key))).toEqual([
      ...['workflowExecutionStarted', 'workflowTaskScheduled', 'workflowTaskStarted', 'workflowTaskCompleted'],
      ...['markerRecorded', 'markerRecorded', 'workflowExecutionCompleted'],
    ])
    await expect(stage.client.workflow.getHandle(outboundWorkflowId(Number(row.id))).describe()).rejects.toThrow(
      WorkflowNotFoundError,
    )
    expect(requestsTo('/well')).toHaveLength(1)
  })

  it('receive a failed delivery through a workflow of its own, which retries until it succeeds', async () => {
    const { imei } = await buildSea('/busy')
    receiver.behave({ answer: 503, headers: { 'retry-after': '1' } }, '/busy')
    const { messageId } = await sendOne(imei)
    const { id } = await rowOf(messageId, ({ lane }) => lane === 'workflow')
    const description = await until('its workflow runs', () =>
      stage.client.workflow
        .getHandle(outboundWorkflowId(Number(id)))
        .describe()
        .catch(() => null),
    )
    expect(description.status.name).toBe('RUNNING')
    expect(description.memo).toMatchObject({ causeKind: 'route' })
    const next = await sendOne(imei)
    await until('it was tried again', () => Promise.resolve(requestsTo('/busy').length >= 2))
    receiver.behave({ answer: 200 }, '/busy')
    await rowOf(messageId, ({ state }) => state === 'sent')
    // The one behind it followed without a workflow.
    const followed = await rowOf(next.messageId, ({ state }) => state === 'sent')
    expect(followed).toMatchObject({ lane: 'direct', workflowId: null })
  })

  it('are probed by a workflow while paused, and drained in order when they are back', async () => {
    const { imei, endpointId } = await buildSea('/down')
    receiver.behave({ answer: 500 }, '/down')
    const change = (values: object): Promise<unknown> =>
      stage.db.write((transaction) =>
        stage.db.models.Endpoint.update(values, { where: { id: endpointId }, transaction }),
      )
    await change({ failingSince: new Date(Date.now() - 120_000) })
    const first = await sendOne(imei)
    const handle = stage.client.workflow.getHandle(endpointWorkflowId(endpointId))
    await until('its workflow runs', () => handle.describe().catch(() => null))
    const waiting = [first]
    for (let count = 0; count < 3; count += 1) waiting.push(await sendOne(imei))
    for (const { messageId } of waiting) {
      await rowOf(messageId, ({ state, lane }) => state === 'queued' && lane === 'direct')
    }
    receiver.behave({ answer: 200 }, '/down')
    const before = requestsTo('/down').length
    await change({ probeAt: new Date() })
    await handle.signal('resume')
    expect(((await handle.result()) as EndpointResult).why).toBe('drained')
    const ids = []
    for (const { messageId } of waiting) ids.push(Number((await rowOf(messageId, ({ state }) => state === 'sent')).id))
    expect(
      requestsTo('/down')
        .slice(before)
        .map(({ headers }) => headers['webhook-id']),
    ).toEqual(ids.map(String))
    await until('nothing is left to do', async () => {
      const endpoint = await stage.db.models.Endpoint.findByPk(endpointId)
      return endpoint?.state === 'active' && !endpoint.draining && endpoint.workflowStartedAt === null
    })
  })
})
