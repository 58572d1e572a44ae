import {
  type Database,
  deleteDevice,
  openDatabase,
  storeBatch,
  type StoredMessage,
  type StoreOutcome,
} from '@paikea/database'
import {
  attachModem,
  buildDevice,
  buildModem,
  databaseKinds,
  newInbound,
  newReport,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

const at = (minute: number): Date => new Date(Date.UTC(2026, 9, 31, 12, minute))

function withoutReturning(db: Database): Database['writeStatements'] {
  return (work) => db.writeStatements((sql) => work({ ...sql, canReturn: false }))
}

function storedOf(outcome: StoreOutcome | undefined): StoredMessage {
  if (outcome?.status !== 'stored') throw new Error(`expected a stored message, got ${String(outcome?.status)}`)
  return outcome.stored
}

/** MariaDB, told that it is a MySQL: it takes all that MySQL takes, and is asked for nothing that MySQL has not. */
const servers = [...databaseKinds(), ...(databaseKinds().includes('mariadb') ? (['mariadb as mysql'] as const) : [])]

describe.each(servers)('storeBatch() on %s', (server) => {
  const kind = server === 'sqlite' ? 'sqlite' : 'mariadb'
  let db: TestDatabase
  beforeAll(async () => {
    const opened = await openTestDatabase(kind)
    db = server === 'mariadb as mysql' ? { ...opened, writeStatements: withoutReturning(opened) } : opened
  })
  afterAll(() => db.drop())

  it('stores a message with its report, its modem and its device, and returns them', async () => {
    const modem = await buildModem(db, { serial: null })
    const device = await buildDevice(db, { modemId: modem.id })
    const item = newInbound({
      imei: modem.imei,
      serial: '16949',
      momsn: 932,
      decoded: { kind: 'position', text: 'Pʻō' },
    })
    const [outcome] = await storeBatch(db, [item])
    const stored = storedOf(outcome)
    expect(stored).toMatchObject({
      key: item.duplicateKey,
      imei: modem.imei,
      modemId: modem.id,
      deviceId: device.id,
      iam: device.iam,
      groupId: device.groupId,
      state: 'accepted',
      isRepeat: false,
      report: { latitude: -16.512345, longitude: -151.754321, hasFix: true, repeatOfId: null },
    })

    const message = await db.models.InboundMessage.findByPk(stored.messageId, {
      include: ['report', 'device', 'modem'],
    })
    expect(message?.get({ plain: true })).toMatchObject({
      duplicateKey: item.duplicateKey,
      momsn: 932,
      transmitTime: item.transmitTime,
      receivedAt: item.receivedAt,
      decoded: { kind: 'position', text: 'Pʻō' },
      iridiumLatitude: -16.4,
      copies: 0,
      workflowId: null,
      device: { iam: device.iam },
      modem: { serial: '16949', claimed: true },
      report: {
        id: stored.report?.id,
        fixAt: item.report?.fixAt,
        at: item.report?.at,
        latitude: -16.512345,
        longitude: -151.754321,
        batteryVolts: 12.4,
        beaconOn: true,
        hasFix: true,
        fixSkewSeconds: 110,
      },
    })
    expect(message?.rawBody.equals(Buffer.from(item.rawBody))).toBe(true)
    expect(await stateOf(db, device.id)).toMatchObject({
      lastReportAt: item.report?.at,
      lastFixAt: item.report?.fixAt,
      latitude: -16.512345,
      batteryVolts: 12.4,
      lastReceivedAt: item.receivedAt,
    })
  })

  it('does not count a hand-over of a stored message as a copy, and stores a new one', async () => {
    const item = newInbound()
    const [first] = await storeBatch(db, [item])
    const id = storedOf(first).messageId
    const copies = async () => {
      const row = await db.models.InboundMessage.findByPk(id)
      return [row?.copies, row?.lastCopyAt]
    }
    expect(await storeBatch(db, [{ ...item, isHandOver: true }])).toEqual([{ status: 'duplicate', messageId: id }])
    expect(await copies()).toEqual([0, null])
    await storeBatch(db, [item])
    await storeBatch(db, [{ ...item, isHandOver: true }])
    expect(await copies()).toEqual([1, item.receivedAt])
    const [fresh] = await storeBatch(db, [{ ...newInbound(), isHandOver: true }])
    expect(storedOf(fresh).state).toBe('accepted')
  })

  it('creates one unclaimed modem for an unknown IMEI, however often the batch names it', async () => {
    const { imei } = newInbound()
    const outcomes = await storeBatch(db, [
      newInbound({ imei }),
      newInbound({ imei }),
      newInbound({ imei: null, report: null }),
    ])
    const [first, second, none] = outcomes.map(storedOf)
    expect(first?.modemId).toBe(second?.modemId)
    expect(none?.modemId).toBeNull()
    const modems = await db.models.Modem.findAll({ where: { imei: String(imei) } })
    expect(modems.map(({ claimed }) => claimed)).toEqual([false])
    expect(modems[0]?.firstSeenAt).toEqual(newInbound().receivedAt)
  })

  it('counts copies within a batch, of an earlier batch, and both', async () => {
    const [a, b] = [newInbound(), newInbound()]
    const first = await storeBatch(db, [a, { ...a, receivedAt: at(1) }, { ...a, receivedAt: at(2) }])
    expect(first.map(({ status }) => status)).toEqual(['stored', 'duplicate', 'duplicate'])
    const second = await storeBatch(db, [b, { ...a, receivedAt: at(3) }, { ...a, receivedAt: at(4) }])
    expect(second.map(({ status }) => status)).toEqual(['stored', 'duplicate', 'duplicate'])
    const { messageId } = storedOf(first[0])
    expect(second[1]).toEqual({ status: 'duplicate', messageId })
    const row = await db.models.InboundMessage.findByPk(messageId)
    expect({ copies: row?.copies, lastCopyAt: row?.lastCopyAt }).toEqual({ copies: 4, lastCopyAt: at(4) })
    expect(await db.models.Report.count({ where: { messageId } })).toBe(1)
  })

  it('assigns ids in order of acceptance', async () => {
    const outcomes = await storeBatch(
      db,
      Array.from({ length: 40 }, () => newInbound()),
    )
    const ids = outcomes.map((outcome) => storedOf(outcome).messageId)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })

  it('keeps the newest fix when a late message comes, and updates the state from a report without a fix', async () => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    const send = (minute: number, report: Parameters<typeof newReport>[0] = {}) =>
      newInbound({
        imei: modem.imei,
        receivedAt: at(30),
        report: newReport({ fixAt: at(minute), at: at(minute), ...report }),
      })
    await storeBatch(db, [send(10, { latitude: 36.01, batteryVolts: 12 })])
    await storeBatch(db, [send(5, { latitude: 36.005, batteryVolts: 5 })])
    expect(await stateOf(db, device.id)).toMatchObject({
      latitude: 36.01,
      lastFixAt: at(10),
      batteryVolts: 12,
      lastReceivedAt: at(30),
    })

    await storeBatch(db, [send(20, { latitude: 36.02 }), send(12, { latitude: 36.012 })])
    expect(await stateOf(db, device.id)).toMatchObject({ latitude: 36.02, lastFixAt: at(20) })

    const noFix = {
      hasFix: false,
      fixAt: null,
      latitude: null,
      longitude: null,
      batteryVolts: null,
      intervalMinutes: 30,
    }
    await storeBatch(db, [{ ...send(22), report: { ...newReport(noFix), fixAt: null, at: at(22) } }])
    expect(await stateOf(db, device.id)).toMatchObject({
      latitude: 36.02,
      lastFixAt: at(20),
      lastReportAt: at(22),
      intervalMinutes: 30,
      batteryVolts: 12.4,
    })
  })

  it('keeps only the newest report’s own reason and status, within a batch and across batches', async () => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    const send = (minute: number, reason: string | null, status: string | null) =>
      newInbound({
        imei: modem.imei,
        receivedAt: at(30),
        report: newReport({ fixAt: at(minute), at: at(minute), reason, status }),
      })
    await storeBatch(db, [send(10, 'power-on', '01')])
    expect(await stateOf(db, device.id)).toMatchObject({ reason: 'power-on', status: '01' })
    await storeBatch(db, [send(8, 'normal', '00')])
    expect(await stateOf(db, device.id)).toMatchObject({ reason: 'power-on', status: '01', lastReportAt: at(10) })
    await storeBatch(db, [send(11, null, null)])
    expect(await stateOf(db, device.id)).toMatchObject({ reason: null, status: null, lastReportAt: at(11) })
    await storeBatch(db, [send(13, null, '00'), send(12, 'power-on', '01')])
    expect(await stateOf(db, device.id)).toMatchObject({ reason: null, status: '00', lastReportAt: at(13) })
    await storeBatch(db, [send(14, 'power-on', '01'), send(15, null, null)])
    expect(await stateOf(db, device.id)).toMatchObject({ reason: null, status: null, lastReportAt: at(15) })
  })

  it.each([
    ['a minute', at(3)],
    ['a year', new Date('2028-01-01T00:00:00Z')],
  ])('dates a report by its arrival if the clock is %s ahead', async (_name, ahead) => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    const message = (fixAt: Date, minute: number, latitude: number) =>
      newInbound({ imei: modem.imei, receivedAt: at(minute), report: newReport({ fixAt, latitude }) })
    await storeBatch(db, [message(at(1), 2, 36.001), message(ahead, 2, 36.002)])
    expect(await stateOf(db, device.id)).toMatchObject({ lastFixAt: at(2), lastReportAt: at(2), latitude: 36.002 })
    await storeBatch(db, [message(at(1), 3, 36.003)])
    expect(await stateOf(db, device.id)).toMatchObject({ lastFixAt: at(2), latitude: 36.002, lastReceivedAt: at(3) })

    await storeBatch(db, [message(at(3), 4, 36.004)])
    expect(await stateOf(db, device.id)).toMatchObject({ lastFixAt: at(3), lastReportAt: at(3), latitude: 36.004 })
    const [kept] = await db.models.Report.findAll({ where: { deviceId: device.id, latitude: 36.002 } })
    expect(kept?.fixAt).toEqual(ahead)
  })

  it('marks a report that repeats an earlier fix of the modem, across batches and within one', async () => {
    const { imei } = newInbound()
    const same = (minute: number, momsn: number) =>
      newInbound({ imei, momsn, report: newReport({ fixAt: at(minute), at: at(minute) }) })
    const [original] = await storeBatch(db, [same(1, 1)])
    const first = storedOf(original).report?.id
    const [again, fresh, freshAgain] = (await storeBatch(db, [same(1, 2), same(2, 3), same(2, 4)])).map(storedOf)
    expect(again).toMatchObject({ isRepeat: true, report: { repeatOfId: first } })
    expect(fresh).toMatchObject({ isRepeat: false, report: { repeatOfId: null } })
    expect(freshAgain).toMatchObject({ isRepeat: true, report: { repeatOfId: fresh?.report?.id } })
    const [third] = (await storeBatch(db, [same(1, 5)])).map(storedOf)
    expect(third?.report?.repeatOfId).toBe(first)
    const kept = await db.models.Report.findByPk(freshAgain?.report?.id)
    expect(kept?.repeatOfId).toBe(fresh?.report?.id)
  })

  it('does not mark another position at the same time, or another modem’s same fix, as a repeat', async () => {
    const { imei } = newInbound()
    const report = newReport({ fixAt: at(40) })
    const outcomes = await storeBatch(db, [
      newInbound({ imei, report }),
      newInbound({ imei, report: { ...report, latitude: -16.5124 } }),
      newInbound({ report }),
    ])
    expect(outcomes.map((outcome) => storedOf(outcome).isRepeat)).toEqual([false, false, false])
  })

  it('assigns a late message to the device that held the modem when it was sent, or to its first ever', async () => {
    const modem = await buildModem(db)
    const before = await buildDevice(db)
    const now = await buildDevice(db)
    await db.write((transaction) =>
      db.models.ModemAssignment.create(
        { modemId: modem.id, deviceId: before.id, fromAt: at(0), toAt: at(10) },
        { transaction },
      ),
    )
    await attachModem(db, { modemId: modem.id, deviceId: now.id, fromAt: at(20) })
    const sent = (minute: number) => newInbound({ imei: modem.imei, transmitTime: at(minute), receivedAt: at(50) })
    const outcomes = await storeBatch(db, [sent(5), sent(25), sent(-5), sent(10)])
    expect(outcomes.map((outcome) => storedOf(outcome).iam)).toEqual([before.iam, now.iam, before.iam, null])
  })

  it('assigns a late message to its device even if that is deleted by now, not to a later one', async () => {
    const modem = await buildModem(db)
    const [before, next] = [await buildDevice(db), await buildDevice(db)]
    await attachModem(db, { modemId: modem.id, deviceId: before.id, fromAt: at(0) })
    await deleteDevice(db, { id: before.id, now: at(10) })
    const store = async (minute: number) => {
      const message = newInbound({ imei: modem.imei, transmitTime: at(minute), receivedAt: at(50) })
      return (await storeBatch(db, [message])).map((outcome) => storedOf(outcome).iam)
    }
    expect(await store(5)).toEqual([before.iam])
    await attachModem(db, { modemId: modem.id, deviceId: next.id, fromAt: at(20) })
    expect(await store(6)).toEqual([before.iam])
    expect(await store(30)).toEqual([next.iam])
  })

  it('quarantines a message that cannot be written, and stores the others', async () => {
    const poison = newInbound({ receivedAt: new Date(Number.NaN), rawBody: Buffer.from('poison') })
    const outcomes = await storeBatch(db, [newInbound(), poison, newInbound()])
    const [before, bad, after] = outcomes.map(storedOf)
    expect([before?.state, bad?.state, after?.state]).toEqual(['accepted', 'quarantined', 'accepted'])
    const row = await db.models.InboundMessage.findByPk(bad?.messageId)
    expect({ body: row?.rawBody.toString(), reason: row?.reasonCode }).toEqual({
      body: 'poison',
      reason: 'not-storable',
    })
  })

  it('reports which message failed if not even its raw body can be stored', async () => {
    // A key that no database takes: too long for MySQL, and none at all for SQLite.
    const hopeless = {
      ...newInbound(),
      duplicateKey: kind === 'sqlite' ? (null as unknown as string) : 'k'.repeat(400),
    }
    const outcomes = await storeBatch(db, [newInbound(), hopeless])
    expect(outcomes.map(({ status }) => status)).toEqual(['stored', 'failed'])
  })

  it('neither loses nor duplicates messages when several connections store the same keys at once', async () => {
    const others: Database[] = await Promise.all([1, 2, 3].map(() => openDatabase({ uri: db.uri })))
    const imeis = Array.from({ length: 6 }, () => newInbound().imei)
    const items = Array.from({ length: 120 }, (_, index) =>
      newInbound({ imei: imeis[index % 6] ?? null, report: newReport({ fixAt: at(index), at: at(index) }) }),
    )
    const shuffled = (seed: number) =>
      items.map((item, index) => ({ item, rank: (index * seed) % 127 })).sort((a, b) => a.rank - b.rank)
    try {
      const runs = await Promise.all(
        [db, ...others].map(async (each, index) => {
          const order = shuffled(31 + index * 10).map(({ item }) => item)
          const outcomes: StoreOutcome[] = []
          for (let start = 0; start < order.length; start += 15) {
            outcomes.push(...(await storeBatch(each, order.slice(start, start + 15))))
          }
          return outcomes
        }),
      )
      const statuses = runs.flat().map(({ status }) => status)
      expect(statuses.filter((status) => status === 'stored')).toHaveLength(120)
      expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(360)
      const rows = await db.models.InboundMessage.findAll({
        where: { duplicateKey: items.map(({ duplicateKey }) => duplicateKey) },
        attributes: ['copies'],
      })
      expect(rows.map(({ copies }) => copies)).toEqual(Array.from({ length: 120 }, () => 3))
    } finally {
      await Promise.all(others.map((other) => other.close()))
    }
  })
})

async function stateOf(db: Database, deviceId: number) {
  const state = await db.models.DeviceState.findByPk(deviceId)
  return state?.get({ plain: true })
}
