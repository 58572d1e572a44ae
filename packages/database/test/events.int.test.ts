import type { DeliveryState } from '@paikea/domain'
import {
  beginAttempts,
  cancelOutbound,
  finishOutbound,
  insertOutbound,
  insertCommand,
  insertPersonOutbound,
  decideCommands,
  listCommandsAmong,
  listDeliveryStates,
  listEventsAfter,
  loadOutboundForDispatch,
  markWaiting,
  pruneEvents,
  readEventBounds,
  recordAttempts,
  recordEvents,
  resumeOutbound,
  type Transaction,
} from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildInbound,
  buildModem,
  buildOutbound,
  buildRoute,
  databaseKinds,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

const LONG_AGO = new Date('2020-01-01T00:00:00.000Z')
const everything = { all: true } as const

describe.each(databaseKinds())('events on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  /** The deliveries that events tell of, as they stand. */
  const lately = async () => {
    const rows = await listEventsAfter(db, { afterId: 0, limit: 10_000 })
    const of = (kindOf: string) => rows.filter((row) => row.kind === kindOf).map(({ subjectId }) => subjectId)
    const states = await listDeliveryStates(db, { ids: of('delivery'), causeMessageIds: of('planned') })
    return new Map(states.map((state) => [state.id, state]))
  }
  const delivery = async (state: DeliveryState): Promise<number> =>
    Number((await buildOutbound(db, { state, stateChangedAt: LONG_AGO })).id)
  const sending = async (): Promise<number> => {
    const outboundId = await delivery('sending')
    await db.write((transaction) =>
      db.models.DeliveryAttempt.create({ outboundId, number: 1, startedAt: LONG_AGO }, { transaction }),
    )
    return outboundId
  }
  const end = (outboundId: number, state: 'sent' | 'parked' | 'failed' | 'queued' | 'unknown') => (tx: Transaction) =>
    recordAttempts(
      db,
      {
        ends: [
          {
            outboundId,
            attempt: 1,
            finishedAt: LONG_AGO,
            outcome: 'x',
            state,
            reasonCode: null,
            reasonDetail: null,
            vendorId: null,
            status: null,
            latencyMs: null,
            answer: null,
            retryAt: null,
            lane: null,
          },
        ],
      },
      tx,
    )
  const finish = (outboundId: number, state: 'unknown' | 'cancelled' | 'expired') => (tx: Transaction) =>
    finishOutbound(db, { outboundId, state, reasonCode: 'x', reasonDetail: 'x', at: LONG_AGO }, tx)
  const begin = (outboundId: number) => (tx: Transaction) =>
    beginAttempts(db, { attempts: [{ outboundId, number: 1 }], at: LONG_AGO }, tx)
  const wait = (outboundId: number) => (tx: Transaction) => markWaiting(db, { outboundIds: [outboundId] }, tx)

  it.each<[string, () => Promise<number>, (id: number) => (tx: Transaction) => Promise<void>, DeliveryState]>([
    ['a send that begins', () => delivery('queued'), begin, 'sending'],
    ['a send that succeeds', sending, (id) => end(id, 'sent'), 'sent'],
    ['a send to be retried', sending, (id) => end(id, 'queued'), 'queued'],
    ['a send that is parked', sending, (id) => end(id, 'parked'), 'parked'],
    ['a send that fails for good', sending, (id) => end(id, 'failed'), 'failed'],
    ['a delivery that expires', () => delivery('queued'), (id) => finish(id, 'expired'), 'expired'],
    ['a parked delivery that is queued again', () => delivery('parked'), wait, 'queued'],
  ])('report %s', async (_what, make, change, state) => {
    const id = await make()
    expect((await lately()).has(id)).toBe(false)
    await db.write(change(id))
    expect((await lately()).get(id)).toMatchObject({ id, state })
  })

  it('report an operator’s resume and cancel', async () => {
    const parked = await delivery('parked')
    await resumeOutbound(db, { outboundId: parked, scope: everything })
    expect((await lately()).get(parked)).toMatchObject({ state: 'queued' })
    const queued = await delivery('queued')
    await cancelOutbound(db, { outboundId: queued, scope: everything, at: LONG_AGO })
    expect((await lately()).get(queued)).toMatchObject({ state: 'cancelled' })
  })

  it('report the same state and time after a write that does not change the state', async () => {
    const waiting = await delivery('queued')
    await db.write(wait(waiting))
    const sent = await sending()
    await db.write(end(sent, 'sent'))
    const before = (await lately()).get(sent)
    await db.write(end(sent, 'sent'))
    expect((await lately()).get(sent)).toEqual(before)
    expect((await lately()).get(waiting)?.at).toEqual(LONG_AGO)
  })

  it('date a new delivery by the database’s clock, not its writer’s, and name its cause', async () => {
    const group = await buildGroup(db)
    const [modem, source] = [await buildModem(db), await buildModem(db)]
    const target = await buildDevice(db, { groupId: group.id, modemId: modem.id, kind: 'handset' })
    const buoy = await buildDevice(db, { groupId: group.id, modemId: source.id })
    const message = await buildInbound(db, { imei: source.imei, modemId: source.id, deviceId: buoy.id })
    const route = await buildRoute(db, { groupId: group.id, targetModemId: modem.id })
    const causeMessageId = Number(message.id)
    const row = {
      ...({ groupId: group.id, targetKind: 'modem', modemId: modem.id, imei: modem.imei, serial: null } as const),
      targetKey: `modem/${modem.imei}`,
      endpointId: route.endpointId,
      text: 'x',
      payload: Buffer.from('x'),
      credits: 1,
      expiresAt: null,
      createdAt: LONG_AGO,
    }
    const { outboundId: ofPerson } = await insertPersonOutbound(db, row)
    const routed = {
      ...row,
      causeMessageId,
      routeId: route.id,
      sourceDeviceId: buoy.id,
      lane: 'workflow' as const,
      orderKey: causeMessageId,
      depth: 1,
      targetGroupId: null,
    }
    await db.write((tx) => insertOutbound(db, { rows: [routed] }, tx))
    const ofRoute = Number((await db.models.OutboundMessage.findOne({ where: { causeMessageId } }))?.id)
    const { iam } = target
    const who = { groupId: group.id, imei: modem.imei, iam, state: 'queued', attempt: null, reasonCode: null }
    expect(await listDeliveryStates(db, { ids: [ofRoute, ofPerson] })).toMatchObject([
      { ...who, id: ofPerson, sourceIam: null },
      { ...who, id: ofRoute, sourceIam: buoy.iam },
    ])
    for (const id of [ofPerson, ofRoute]) {
      const at = (await lately()).get(id)?.at ?? LONG_AGO
      expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000)
    }
    await db.write(begin(ofRoute))
    expect(await listDeliveryStates(db, { ids: [ofRoute] })).toMatchObject([{ state: 'sending', attempt: 1 }])
    expect(await loadOutboundForDispatch(db, { outboundIds: [ofPerson, ofRoute] })).toMatchObject([
      { iam, cause: { kind: 'person', messageId: null, imei: null, iam: null } },
      { iam, cause: { kind: 'route', messageId: causeMessageId, imei: source.imei, iam: buoy.iam } },
    ])
  })

  it('roll back together with the change they report', async () => {
    const outboundId = await delivery('queued')
    const failing = db.write(async (tx) => {
      await begin(outboundId)(tx)
      throw new Error('after the event')
    })
    await expect(failing).rejects.toThrow('after the event')
    expect((await lately()).has(outboundId)).toBe(false)
  })

  it('report a command and the decision on it', async () => {
    const device = await buildDevice(db)
    const outboundId = await delivery('sent')
    const { newestId } = await readEventBounds(db)
    const id = await insertCommand(db, {
      groupId: device.groupId,
      deviceId: device.id,
      kind: 'interval',
      value: 20,
      generation: 'v3',
      text: '+DATA:PK006,20;',
      credits: 1,
      state: 'open',
      reason: null,
      outboundId,
      requestedBy: 'test',
      expectedFrom: null,
      expectedTo: null,
      answeredBy: null,
      createdAt: LONG_AGO,
    })
    const decision = { id, state: 'confirmed' as const, reason: null, messageId: null, at: LONG_AGO }
    await db.write((tx) => decideCommands(db, { decisions: [decision] }, tx))
    const events = await listEventsAfter(db, { afterId: newestId, limit: 10 })
    expect(events).toMatchObject([
      { kind: 'command', subjectId: id, data: null },
      { kind: 'command', subjectId: id },
    ])
    for (const asked of [
      { ids: [id], outboundIds: [] },
      { ids: [], outboundIds: [outboundId] },
    ]) {
      expect(await listCommandsAmong(db, asked)).toMatchObject([{ id, storedState: 'confirmed', outboundId }])
    }
  })

  it('are pruned by age and by count, except the newest', async () => {
    const kept = { maxAgeMs: 60_000, maxCount: 1000 }
    const record = (count: number) =>
      db.write((tx) =>
        recordEvents(
          db,
          Array.from({ length: count }, () => ({ kind: 'presence' as const, subjectId: 1, data: { isOnline: true } })),
          tx,
        ),
      )
    await record(2500)
    const { newestId } = await readEventBounds(db)
    expect(await pruneEvents(db, kept)).toBeGreaterThanOrEqual(1500)
    expect(await readEventBounds(db)).toEqual({ oldestId: newestId - 999, newestId })
    expect(await pruneEvents(db, kept)).toBe(0)
    await db.write((transaction) => db.models.StoredEvent.update({ at: LONG_AGO }, { where: {}, transaction }))
    expect(await pruneEvents(db, kept)).toBe(999)
    expect(await readEventBounds(db)).toEqual({ oldestId: newestId, newestId })
  })
})
