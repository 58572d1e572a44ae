import {
  cancelOutbound,
  findDevice,
  findRecovery,
  insertPersonOutbound,
  loadOutboundForDispatch,
  resumeOutbound,
  type OutboundMessage,
} from '@paikea/database'
import { buildDevice, buildModem } from '@paikea/database/testing'
import { beginRecovery, modemTarget } from '@paikea/delivery'
import { inboundWorkflowId, outboundWorkflowId } from '../src/mod.ts'
import { buildRoutedPair, storePositions } from '@paikea/delivery/testing'
import { eventsOf, openStage, temporalOfTestRun, until, type Stage } from './stage.ts'

const { describeOn, address, why } = temporalOfTestRun()

describeOn(`workflows on a real server${why}`, () => {
  let stage: Stage
  /** As the API does after an operator's change. */
  const announce = async (outboundId: number): Promise<void> =>
    stage.dispatcher.notifyOutbound(await loadOutboundForDispatch(stage.db, { outboundIds: [outboundId] }))

  beforeAll(async () => {
    stage = await openStage({ address })
    stage.dispatcher.start()
  })
  afterAll(() => stage.close())
  beforeEach(() => stage.vendor.setFault(null))

  const rowOf = (causeMessageId: number): Promise<OutboundMessage | null> =>
    stage.db.models.OutboundMessage.findOne({ where: { causeMessageId } })
  const inState = (causeMessageId: number, state: string): Promise<OutboundMessage> =>
    until(`the delivery is ${state}`, async () => {
      const row = await rowOf(causeMessageId)
      return row?.state === state && row
    })
  const statusOf = async (workflowId: string): Promise<string> =>
    (await stage.client.workflow.getHandle(workflowId).describe()).status.name

  async function sendOne(): Promise<{
    messageId: number
    key: string
    pair: Awaited<ReturnType<typeof buildRoutedPair>>
  }> {
    const pair = await buildRoutedPair(stage.db)
    const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
    if (message === undefined) throw new Error('nothing stored')
    stage.dispatcher.notifyInbound([message])
    return { messageId: message.messageId, key: message.key, pair }
  }

  it('act on a message and send it in one workflow task each, both searchable by its IMEI', async () => {
    const { messageId, key, pair } = await sendOne()
    const row = await inState(messageId, 'sent')
    expect(stage.vendor.sent.filter((sent) => sent.imei === pair.targetImei)).toHaveLength(1)

    const onePass = [
      'workflowExecutionStarted',
      'workflowTaskScheduled',
      'workflowTaskStarted',
      'workflowTaskCompleted',
      'markerRecorded',
      'workflowExecutionCompleted',
    ]
    await stage.client.workflow.getHandle(inboundWorkflowId(key)).result()
    await stage.client.workflow.getHandle(outboundWorkflowId(Number(row.id))).result()
    expect(await eventsOf(stage.client, inboundWorkflowId(key))).toEqual(onePass)
    expect(await eventsOf(stage.client, outboundWorkflowId(Number(row.id)))).toEqual(onePass)

    const found = async (query: string): Promise<string[]> => {
      const ids: string[] = []
      for await (const execution of stage.client.workflow.list({ query })) ids.push(execution.workflowId)
      return ids
    }
    await until('the search finds the message by its IMEI', async () =>
      (await found(`Imei = '${pair.imei}'`)).includes(inboundWorkflowId(key)),
    )
    await until('and by its device', async () =>
      (await found(`Device = '${pair.iam}'`)).includes(inboundWorkflowId(key)),
    )
    const outboundId = outboundWorkflowId(Number(row.id))
    await until('and what it caused', async () => {
      const ids = await found(`SourceImei = '${pair.imei}'`)
      return ids.length === 1 && ids[0] === outboundId
    })
    await until('and both together', async () => {
      const ids = await found(`Imei = '${pair.imei}' OR SourceImei = '${pair.imei}'`)
      return ids.includes(inboundWorkflowId(key)) && ids.includes(outboundId)
    })
    const outbound = await stage.client.workflow.getHandle(outboundId).describe()
    expect(outbound.memo).toEqual({
      imei: pair.targetImei,
      device: pair.targetIam,
      text: row.text,
      outboundId: Number(row.id),
      causeKind: 'route',
      causeMessageId: messageId,
      sourceImei: pair.imei,
      sourceDevice: pair.iam,
    })
    expect(await outbound.staticSummary()).toBe(`${pair.iam} to ${pair.targetIam}: ${row.text}`)
    const marked = await until('the start is noted', async () => {
      const found = await stage.db.models.InboundMessage.findByPk(messageId)
      return found?.workflowStartedAt != null && found
    })
    expect(marked.workflowId).toBe(inboundWorkflowId(key))
    const { workflowStartedAt, processedAt } = marked
    expect(workflowStartedAt?.getTime()).toBeLessThanOrEqual(processedAt?.getTime() ?? 0)
  })

  it('send a device’s deliveries in the order of its messages, across two workers', async () => {
    const other = await stage.addWorker()
    const pair = await buildRoutedPair(stage.db)
    const messages = await storePositions(stage.db, { imei: pair.imei, count: 40 })
    stage.dispatcher.notifyInbound(messages.toReversed())
    const sent = await until('all are sent', () => {
      const mine = stage.vendor.sent.filter((message) => message.imei === pair.targetImei)
      return mine.length >= 40 && mine
    })
    const rows = await stage.db.models.OutboundMessage.findAll({
      where: { imei: pair.targetImei },
      order: ['orderKey'],
    })
    expect(sent.map(({ data }) => Buffer.from(data).toString())).toEqual(rows.map((row) => row.text))
    await until('all are finished', async () => {
      const states = await stage.db.models.OutboundMessage.findAll({ where: { imei: pair.targetImei } })
      return states.every((row) => row.state === 'sent')
    })
    await other.shutdown()
  })

  it('show a parked delivery as needing an operator, and send it after the signal "resume"', async () => {
    stage.vendor.setFault('no-line-rental', { count: 1 })
    const { messageId, pair } = await sendOne()
    const row = await inState(messageId, 'parked')
    const workflowId = outboundWorkflowId(Number(row.id))
    await until('the search finds it', async () => {
      const query = `NeedsOperator = true AND ParkReason = 'no-line-rental' AND WorkflowId = '${workflowId}'`
      return (await stage.client.workflow.count(query)).count === 1
    })
    const parked = await stage.client.workflow.getHandle(workflowId).describe()
    expect(parked.memo).toMatchObject({
      parked: 'no-line-rental',
      whatToDo: expect.stringContaining('Activate the modem’s line rental'),
    })
    expect(stage.vendor.sent.filter((sent) => sent.imei === pair.targetImei)).toHaveLength(0)

    await stage.client.workflow.getHandle(workflowId).signal('resume')
    await inState(messageId, 'sent')
    await stage.client.workflow.getHandle(workflowId).result()
    await until('the search has let it go', async () => {
      return (await stage.client.workflow.count(`NeedsOperator = true AND WorkflowId = '${workflowId}'`)).count === 0
    })
    expect(stage.vendor.sent.filter((sent) => sent.imei === pair.targetImei)).toHaveLength(1)
  })

  it('send a parked delivery that is resumed in the database and announced', async () => {
    stage.vendor.setFault('no-line-rental', { count: 1 })
    const { messageId } = await sendOne()
    const { id } = await inState(messageId, 'parked')
    expect(await resumeOutbound(stage.db, { outboundId: Number(id), scope: { all: true } })).toEqual({ status: 'done' })
    await announce(Number(id))
    await inState(messageId, 'sent')
  })

  it('end a parked delivery on the signal "cancel", and let the next one go', async () => {
    stage.vendor.setFault('unknown-imei', { count: 1 })
    const { messageId, pair } = await sendOne()
    const row = await inState(messageId, 'parked')
    const [next] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
    if (next === undefined) throw new Error('nothing stored')
    stage.dispatcher.notifyInbound([next])
    await until('the next one waits', async () => (await rowOf(next.messageId))?.waiting === true)
    await stage.client.workflow.getHandle(outboundWorkflowId(Number(row.id))).signal('cancel')
    await inState(messageId, 'cancelled')
    await inState(next.messageId, 'sent')
  })

  it('end for a parked delivery that is cancelled in the database and announced', async () => {
    stage.vendor.setFault('no-line-rental', { count: 1 })
    const { messageId } = await sendOne()
    const { id } = await inState(messageId, 'parked')
    await cancelOutbound(stage.db, { outboundId: Number(id), scope: { all: true }, at: new Date() })
    await announce(Number(id))
    const handle = stage.client.workflow.getHandle(outboundWorkflowId(Number(id)))
    expect(await handle.result()).toMatchObject({ state: 'cancelled' })
  })

  it('end a parked delivery on “Cancel” in Temporal’s UI', async () => {
    stage.vendor.setFault('no-line-rental', { count: 1 })
    const { messageId } = await sendOne()
    const { id } = await inState(messageId, 'parked')
    await stage.client.workflow.getHandle(outboundWorkflowId(Number(id))).cancel()
    await inState(messageId, 'cancelled')
    await until(
      'the workflow is cancelled',
      async () => (await statusOf(outboundWorkflowId(Number(id)))) === 'CANCELLED',
    )
  })

  it('send a buoy back to its interval when the time of its recovery is over', async () => {
    const { db } = stage
    const modem = await buildModem(db)
    const buoy = await buildDevice(db, { modemId: modem.id, generation: 'v3' })
    const device = await findDevice(db, { scope: { all: true }, iam: buoy.iam })
    if (device === null) throw new Error('no device')
    const wish = { minutes: 5, hours: 6, backMinutes: 60 }
    const now = new Date(Date.now() - 7 * 3_600_000)
    await db.write((tx) => beginRecovery(db, { device, wish, requestedBy: 'user/1', now }, tx))
    stage.dispatcher.sweepSoon()
    const recovery = await until('it is over', async () => {
      const row = await findRecovery(db, { deviceId: buoy.id })
      return row?.backCommandId != null && row
    })
    expect(recovery).toMatchObject({ state: 'ended', reason: 'time' })
    const result = await stage.client.workflow.getHandle(`recovery/${String(recovery.id)}`).result()
    expect(result).toMatchObject({ reason: 'time', outboundId: expect.any(Number) })
    const isSent = () => stage.vendor.sent.some(({ data }) => Buffer.from(data).toString() === '+DATA:PK006,60;')
    await until('the way back is sent', isSent)
  })

  it('show what to do for a parked account, hold deliveries as rows, and resume on the signal', async () => {
    stage.vendor.setFault('no-credit')
    const first = await sendOne()
    const isHeld = async (messageId: number) => (await rowOf(messageId))?.lane === 'held'
    await until('it waits as a row', () => isHeld(first.messageId))
    const second = await sendOne()
    await until('the next one waits as a row', () => isHeld(second.messageId))
    expect((await rowOf(second.messageId))?.workflowStartedAt).toBeNull()
    const account = await until('the account is there', () =>
      stage.db.models.VendorAccount.findOne({ where: { kind: 'modem' } }),
    )
    expect(account).toMatchObject({ state: 'parked', reasonCode: 'no-credit' })
    const handle = stage.client.workflow.getHandle('account/modem')
    await until('it says what to do', async () => {
      const memo = (await handle.describe().catch(() => null))?.memo
      return JSON.stringify(memo ?? {}).includes('Buy credits')
    })
    stage.vendor.setFault(null)
    await handle.signal('resume')
    await inState(first.messageId, 'sent')
    await inState(second.messageId, 'sent')
    await handle.result()
  })

  it('fail for a message that can never be sent, as its delivery does in the database', async () => {
    stage.vendor.setFault('too-long', { count: 1 })
    const { messageId } = await sendOne()
    const { id } = await inState(messageId, 'failed')
    await until('the workflow failed', async () => (await statusOf(outboundWorkflowId(Number(id)))) === 'FAILED')
  })

  it('show a send to be retried as a pending activity with its reason', async () => {
    stage.vendor.setFault('unavailable', { retryAfter: '1' })
    const { messageId } = await sendOne()
    const { id } = await until('there is a delivery', () => rowOf(messageId))
    const handle = stage.client.workflow.getHandle(outboundWorkflowId(Number(id)))
    const pending = await until('an activity is pending with a failure', async () => {
      // The row is there before its workflow.
      const raw = (await handle.describe().catch(() => null))?.raw
      return (
        raw?.pendingActivities?.find(
          (activity) => activity.lastFailure !== null && activity.lastFailure !== undefined,
        ) ?? null
      )
    })
    expect(pending.lastFailure?.message).toContain('server-error')
    stage.vendor.setFault(null)
    await inState(messageId, 'sent')
  })

  it('retry as an activity while the database is away, and send nothing twice', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    let failures = { act: 5, deliver: 5 }
    const own = await openStage({
      address,
      wrap: (activities) => ({
        ...activities,
        actOnMessage: (id) => {
          if (failures.act === 0) return activities.actOnMessage(id)
          failures = { ...failures, act: failures.act - 1 }
          return Promise.reject(away)
        },
        tryDeliver: (input) => {
          if (failures.deliver === 0) return activities.tryDeliver(input)
          failures = { ...failures, deliver: failures.deliver - 1 }
          return Promise.reject(away)
        },
      }),
    })
    try {
      const pair = await buildRoutedPair(own.db)
      const [message] = await storePositions(own.db, { imei: pair.imei, count: 1 })
      if (message === undefined) throw new Error('nothing stored')
      own.dispatcher.notifyInbound([message])
      own.dispatcher.start()
      await until(
        'it is sent',
        async () => (await own.db.models.OutboundMessage.count({ where: { state: 'sent' } })) === 1,
      )
      expect(own.vendor.sent).toHaveLength(1)
      const { deliveries } = await own.client.workflow.getHandle(inboundWorkflowId(message.key)).result()
      const events = await eventsOf(own.client, outboundWorkflowId(deliveries[0]))
      expect(events.filter((event) => event === 'activityTaskCompleted')).toHaveLength(1)
    } finally {
      await own.close()
    }
  })

  it('show a person’s message as an operator’s, without a source modem', async () => {
    const { targetImei, targetModemId, targetIam } = await buildRoutedPair(stage.db)
    const { outboundId } = await insertPersonOutbound(stage.db, {
      ...modemTarget(targetImei),
      groupId: null,
      modemId: targetModemId,
      endpointId: null,
      text: 'hello',
      payload: Buffer.from('hello'),
      credits: 1,
      expiresAt: null,
      createdAt: new Date(),
    })
    await announce(outboundId)
    await until('it is sent', () => stage.vendor.sent.some((sent) => sent.imei === targetImei))
    const started = await stage.client.workflow.getHandle(outboundWorkflowId(outboundId)).describe()
    expect(await started.staticSummary()).toBe(`Operator to ${targetIam}: hello`)
    // What is null does not get into a memo.
    expect(started.memo).toEqual({
      imei: targetImei,
      device: targetIam,
      text: 'hello',
      outboundId,
      causeKind: 'person',
    })
    expect(started.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([['Imei', targetImei]]),
    )
    expect(started.typedSearchAttributes.getAll().map(({ key }) => key.name)).not.toContain('SourceImei')
  })

  it('find rows that nobody announced', async () => {
    const pair = await buildRoutedPair(stage.db)
    const [message] = await storePositions(stage.db, { imei: pair.imei, count: 1 })
    const row = await inState(message?.messageId ?? 0, 'sent')
    expect(row.imei).toBe(pair.targetImei)
  })
})
