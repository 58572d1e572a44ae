import {
  attachModem,
  deleteDevice,
  detachModem,
  findDelivery,
  findDevice,
  findInbound,
  findModem,
  findRoute,
  type GroupScope,
  insertDevice,
  isUniqueConflict,
  listDeliveries,
  listDevices,
  listFleet,
  listInbound,
  listModems,
  listReports,
  listRoutes,
  rescueDirect,
  storeBatch,
} from '@paikea/database'
import {
  buildDevice,
  buildEndpoint,
  buildGroup,
  buildInbound,
  buildModem,
  buildOutbound,
  buildReport,
  buildRoute,
  databaseKinds,
  filtersOfLists,
  openTestDatabase,
  plansOf,
  randomImei,
  type TestDatabase,
  walksOf,
} from '@paikea/database/testing'
import { refreshDeviceState } from '../src/queries/device-state.ts'

const ALL: GroupScope = { all: true }
const NO_ONE: GroupScope = { groupIds: [] }

describe.each(databaseKinds())('queries for people on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  async function buildCrew() {
    const group = await buildGroup(db)
    const modem = await buildModem(db)
    const device = await buildDevice(db, { groupId: group.id, modemId: modem.id })
    const ids = { modemId: modem.id, deviceId: device.id }
    const message = await buildInbound(db, { ...ids, imei: modem.imei })
    const report = await buildReport(db, { ...ids, messageId: message.id })
    const route = await buildRoute(db, { groupId: group.id, targetModemId: modem.id })
    const outbound = await buildOutbound(db, { groupId: group.id, modemId: modem.id, imei: modem.imei })
    const scope: GroupScope = { groupIds: [group.id] }
    return { group, modem, device, message, report, route, outbound, scope }
  }

  it('show a group its own records and none of another’s, in every list and by every id', async () => {
    const mine = await buildCrew()
    const theirs = await buildCrew()
    const page = { limit: 100, afterId: null }
    for (const [scope, expected] of [
      [mine.scope, mine],
      [theirs.scope, theirs],
    ] as const) {
      expect((await listFleet(db, { scope })).map((row) => row.id)).toEqual([expected.device.id])
      expect((await listDevices(db, { scope, ...page })).map((row) => row.id)).toEqual([expected.device.id])
      expect((await listModems(db, { scope, ...page })).map((row) => row.id)).toEqual([expected.modem.id])
      expect((await listInbound(db, { scope, filter: {}, ...page })).map((row) => row.id)).toEqual([
        expected.message.id,
      ])
      expect((await listRoutes(db, { scope, ...page })).map((row) => row.id)).toEqual([expected.route.id])
      expect((await listDeliveries(db, { scope, ...page })).map((row) => row.id)).toEqual([expected.outbound.id])
    }
    for (const scope of [theirs.scope, NO_ONE]) {
      expect(await findDevice(db, { scope, iam: mine.device.iam })).toBeNull()
      expect(await findModem(db, { scope, imei: mine.modem.imei })).toBeNull()
      expect(await findInbound(db, { scope, id: mine.message.id })).toBeNull()
      expect(await findRoute(db, { scope, id: mine.route.id })).toBeNull()
      expect(await findDelivery(db, { scope, id: mine.outbound.id })).toBeNull()
      expect(await listInbound(db, { scope, filter: { imei: mine.modem.imei }, ...page })).toEqual([])
      expect(await listDeliveries(db, { scope, imei: mine.modem.imei, ...page })).toEqual([])
    }
    expect((await findDevice(db, { scope: ALL, iam: mine.device.iam }))?.modem?.imei).toBe(mine.modem.imei)
  })

  it('give twenty devices created at once distinct names', async () => {
    const { id: groupId } = await buildGroup(db)
    const made = await Promise.all(
      Array.from({ length: 20 }, () => db.write((tx) => insertDevice(db, { kind: 'handset', groupId }, tx))),
    )
    const names = made.map(({ iam }) => iam).sort()
    expect(new Set(names).size).toBe(20)
    expect(names[0]).toBe('HS001')
    expect(names[19]).toBe('HS020')
  })

  it('never reuse the name of a deleted device', async () => {
    const { id: groupId } = await buildGroup(db)
    const make = () => db.write((tx) => insertDevice(db, { kind: 'rockstar', groupId }, tx))
    const first = await make()
    await deleteDevice(db, { id: first.id, now: new Date() })
    expect((await make()).iam).not.toBe(first.iam)
    const again = db.write((tx) => insertDevice(db, { kind: 'rockstar', groupId, iam: first.iam }, tx))
    expect(isUniqueConflict(await again.catch((error: unknown) => error))).toBe(true)
  })

  it('give a device the messages its modem sent before being attached, and its last state', async () => {
    const imei = randomImei()
    const [early] = await storeBatch(db, [newInbound(imei, 'a', new Date('2026-11-01T10:00:00Z'))])
    const older = newInbound(imei, 'b', new Date('2026-11-01T09:00:00Z'))
    const report = older.report === null ? null : { ...older.report, reason: 'power-on' }
    const [late] = await storeBatch(db, [{ ...older, report }])
    if (early?.status !== 'stored' || late?.status !== 'stored') throw new Error('not stored')
    const { id: groupId } = await buildGroup(db)
    const device = await db.write(async (tx) => {
      const made = await insertDevice(db, { kind: 'buoy', groupId }, tx)
      const attached = await attachModem(db, { deviceId: made.id, imei, now: new Date(), scope: ALL }, tx)
      expect(attached).toMatchObject({ ok: true, adoptedMessages: 2 })
      return made
    })
    const row = await findDevice(db, { scope: { groupIds: [groupId] }, iam: device.iam })
    expect(row?.state).toMatchObject({
      lastFixAt: new Date('2026-11-01T10:00:00Z'),
      latitude: -16.5,
      batteryVolts: 4.2,
      // The reason of the older report is not the newer one's.
      reason: null,
      status: '00',
    })
    const reports = await listReports(db, { deviceId: device.id, limit: 10 })
    expect(reports.map(({ at }) => at.toISOString())).toEqual(['2026-11-01T10:00:00.000Z', '2026-11-01T09:00:00.000Z'])
    expect((await findModem(db, { scope: ALL, imei }))?.claimed).toBe(true)
  })

  it('build the last state from the time of arrival where the clock was ahead', async () => {
    const imei = randomImei()
    const ahead = newInbound(imei, 'g', new Date('2028-01-01T00:00:00Z'))
    await storeBatch(db, [{ ...ahead, receivedAt: new Date('2026-11-01T10:00:00Z') }])
    const after = newInbound(imei, 'h', new Date('2026-11-01T10:05:00Z'))
    await storeBatch(db, [{ ...after, receivedAt: new Date('2026-11-01T10:06:00Z') }])
    const { id: groupId } = await buildGroup(db)
    const device = await buildDevice(db, { groupId })
    await db.write((tx) => attachModem(db, { deviceId: device.id, imei, now: new Date(), scope: ALL }, tx))
    expect((await findDevice(db, { scope: ALL, iam: device.iam }))?.state).toMatchObject({
      lastFixAt: new Date('2026-11-01T10:05:00Z'),
      lastReportAt: new Date('2026-11-01T10:05:00Z'),
    })
  })

  it('build the last state by the same rule as storing, for two reports of the same time', async () => {
    const at = new Date('2026-11-01T10:00:00Z')
    const { id: groupId } = await buildGroup(db)
    const { id: modemId, imei } = await buildModem(db)
    const { id: deviceId, iam } = await buildDevice(db, { groupId, modemId })
    for (const [key, reason] of Object.entries({ first: 'power-on', second: 'beacon' })) {
      const { report, ...message } = newInbound(imei, key, at)
      await storeBatch(db, [{ ...message, report: report === null ? null : { ...report, reason } }])
    }
    const stateOf = async () => (await findDevice(db, { scope: ALL, iam }))?.state
    const stored = await stateOf()
    expect(stored).toMatchObject({ reason: 'power-on' })
    await db.write((tx) => refreshDeviceState(db, { deviceId, now: new Date() }, tx))
    expect(await stateOf()).toEqual(stored)
  })

  it('return when a modem’s newest message came, or null if it never sent', async () => {
    const { imei } = await buildModem(db)
    const { imei: silent } = await buildModem(db)
    const message = (key: string, momsn: number, minute: number) => ({
      ...newInbound(imei, key, new Date(Date.UTC(2026, 10, 1, 10, minute))),
      momsn,
      receivedAt: new Date(Date.UTC(2026, 10, 1, 11, minute)),
    })
    await storeBatch(db, [message('c', 7, 0)])
    await storeBatch(db, [message('d', 8, 5)])
    const newest = { lastSeenAt: new Date('2026-11-01T11:05:00Z'), lastMomsn: 8 }
    expect(await findModem(db, { scope: ALL, imei })).toMatchObject(newest)
    const listed = await listModems(db, { scope: ALL, limit: 100, afterId: null })
    expect(listed.find((modem) => modem.imei === imei)).toMatchObject(newest)
    expect(await findModem(db, { scope: ALL, imei: silent })).toMatchObject({ lastSeenAt: null, lastMomsn: null })
  })

  it('return when a device’s newest message of any kind came, and its latest transmission', async () => {
    const { id: groupId } = await buildGroup(db)
    const { id: modemId, imei } = await buildModem(db)
    const { iam } = await buildDevice(db, { groupId, modemId, kind: 'handset' })
    const silent = await buildDevice(db, { groupId, kind: 'handset' })
    const message = (key: string, minute: number) => ({
      ...newInbound(imei, key, new Date(Date.UTC(2026, 10, 1, 10, minute))),
      receivedAt: new Date(Date.UTC(2026, 10, 1, 11, minute)),
    })
    await storeBatch(db, [message('e', 0)])
    await storeBatch(db, [{ ...message('f', 5), packetType: 'PK006', report: null }])
    // A message that had to wait while the database was away is stored after one that came later.
    const waited = await buildModem(db)
    const buoy = await buildDevice(db, { groupId, modemId: waited.id })
    const { imei: itsImei } = waited
    const late = { ...message('g', 10), momsn: 8, transmitTime: new Date('2026-10-29T00:00:00Z'), report: null }
    await storeBatch(db, [{ ...late, imei: itsImei, duplicateKey: `test/${itsImei}/g` }])
    const timely = { ...message('h', 5), momsn: 7, transmitTime: new Date('2026-11-01T11:04:00Z'), report: null }
    await storeBatch(db, [{ ...timely, imei: itsImei, duplicateKey: `test/${itsImei}/h` }])
    const fleet = await listFleet(db, { scope: { groupIds: [groupId] } })
    const seenOf = (name: string) => fleet.find((device) => device.iam === name)?.lastSeenAt
    expect(seenOf(iam)).toEqual(new Date('2026-11-01T11:05:00Z'))
    expect(seenOf(silent.iam)).toBeNull()
    const lastSeenAt = new Date('2026-11-01T11:10:00Z')
    expect(seenOf(buoy.iam)).toEqual(lastSeenAt)
    expect(await findModem(db, { scope: ALL, imei: itsImei })).toMatchObject({ lastSeenAt, lastMomsn: 8 })
    // What comes days late does not show that it is well.
    expect(fleet.find((device) => device.iam === buoy.iam)?.lastSentAt).toEqual(timely.transmitTime)
  })

  it('move a modem without its history, and refuse it to a second device', async () => {
    const { device, modem, message, group } = await buildCrew()
    const other = await buildDevice(db, { groupId: group.id })
    const attach = (deviceId: number) =>
      db.write((tx) => attachModem(db, { deviceId, imei: modem.imei, now: new Date(), scope: ALL }, tx))
    expect(await attach(other.id)).toMatchObject({ ok: false, reason: 'modem-in-use', deviceId: device.id })
    const detach = () => detachModem(db, { deviceId: device.id, now: new Date() })
    expect([(await detach()).ok, (await detach()).ok]).toEqual([true, false])
    expect(await attach(other.id)).toMatchObject({ ok: true, adoptedMessages: 0 })
    expect((await findInbound(db, { scope: ALL, id: message.id }))?.deviceId).toBe(device.id)
  })

  it('attach a modem to only one of several devices that ask for it at once', async () => {
    const { id: groupId } = await buildGroup(db)
    const devices = await Promise.all(Array.from({ length: 4 }, () => buildDevice(db, { groupId })))
    const imei = randomImei()
    const results = await Promise.all(
      devices.map(({ id }) =>
        db.write((tx) => attachModem(db, { deviceId: id, imei, now: new Date(), scope: ALL }, tx)),
      ),
    )
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('page through reports of the same instant without losing or repeating one', async () => {
    const { device, modem } = await buildCrew()
    const at = new Date('2026-10-01T00:00:00Z')
    const made = []
    for (let i = 0; i < 5; i += 1) made.push((await buildReport(db, { deviceId: device.id, modemId: modem.id, at })).id)
    const seen: number[] = []
    let after: { at: Date; id: number } | null = null
    for (;;) {
      const rows = await listReports(db, { deviceId: device.id, to: at, after, limit: 2 })
      seen.push(...rows.map(({ id }) => id))
      const last = rows.at(-1)
      if (last === undefined) break
      after = { at: last.at, id: last.id }
    }
    expect(seen).toEqual(made.reverse())
    expect(await listReports(db, { deviceId: device.id, from: new Date(at.getTime() + 1), to: at, limit: 9 })).toEqual(
      [],
    )
  })

  it('find queue heads without a correlated sub-query, even with statistics older than the backlog', async () => {
    const { group } = await buildCrew()
    const { id: endpointId } = await buildEndpoint(db, { groupId: group.id })
    if (kind !== 'sqlite') {
      await db.sequelize.query('ALTER TABLE outbound_messages STATS_AUTO_RECALC = 0')
      await db.sequelize.query('ANALYZE TABLE outbound_messages')
    }
    const waiting = Array.from({ length: 2_000 }, (_none, index) => ({
      causeKind: 'person' as const,
      endpointId,
      targetKind: 'webhook',
      targetKey: `endpoint/${endpointId}/${index % 20}`,
      orderKey: index,
      payload: Buffer.alloc(0),
      lane: 'direct' as const,
      createdAt: new Date(0),
      stateChangedAt: new Date(0),
    }))
    await db.write((transaction) => db.models.OutboundMessage.bulkCreate(waiting, { transaction }))
    const before = new Date()
    let rescued: readonly number[] = []
    const plans = await plansOf(db, async () => (rescued = await rescueDirect(db, { before, limit: 200 })))
    expect(rescued).toHaveLength(20)
    const steps = plans.flatMap((plan) => plan.steps)
    expect(steps.length).toBeGreaterThan(2)
    expect(JSON.stringify(steps)).not.toMatch(/LATERAL|CORRELATED .*GROUP BY/)
  })

  it('use an index for every filter of a list, by the database’s query plans', async () => {
    const { id: groupId } = await buildGroup(db)
    for (const [name, ask] of filtersOfLists(db, [groupId, groupId + 1])) {
      expect({ name, walks: await walksOf(db, ask) }).toEqual({ name, walks: [] })
    }
    const byText = () => db.sequelize.query("SELECT id FROM inbound_messages WHERE verified_by = 'secret'")
    expect(await walksOf(db, byText)).toHaveLength(1)
  })
})

function newInbound(imei: string, key: string, at: Date): Parameters<typeof storeBatch>[1][number] {
  const unknown = {
    reasonCode: null,
    reasonDetail: null,
    verificationNote: null,
    sourceAddress: null,
    contentType: null,
  }
  const iridium = { iridiumLatitude: null, iridiumLongitude: null, iridiumCepKm: null, sessionStatus: null }
  return {
    duplicateKey: `test/${imei}/${key}`,
    format: 'rockblock',
    imei,
    serial: null,
    momsn: 1,
    transmitTime: at,
    receivedAt: new Date(),
    state: 'accepted',
    packetType: 'PK001',
    verifiedBy: 'secret',
    rawBody: new Uint8Array(),
    payload: null,
    decoded: null,
    ...unknown,
    ...iridium,
    isIridiumReliable: true,
    problems: [],
    isKnownByPayload: true,
    isDatedByDay: false,
    report: {
      packetType: 'PK001',
      at,
      fixAt: at,
      hasFix: true,
      latitude: -16.5,
      longitude: -151.75,
      sogKnots: null,
      cogDegrees: null,
      batteryVolts: 4.2,
      batteryPercent: null,
      intervalMinutes: null,
      sleepMinutes: null,
      reasonCode: null,
      reason: null,
      status: '00',
      beaconOn: false,
      fixSkewSeconds: 0,
      claimedAt: null,
      source: 'device',
      quality: 'good',
      problems: [],
    },
  }
}
