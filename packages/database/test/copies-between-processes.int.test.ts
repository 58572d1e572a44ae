import { storeBatch } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildInbound,
  databaseKinds,
  newInbound,
  newReport,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

/** SQLite has one writer: there nobody waits for a row in the middle of a transaction. */
describe.each(databaseKinds().filter((kind) => kind !== 'sqlite'))('storeBatch() from two processes on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  const imeiOf = (index: number): string => `3002340100${String(index).padStart(5, '0')}`
  const fixAt = new Date('2026-11-24T10:00:00Z')
  const report = newReport({ fixAt, at: fixAt })
  const message = (index: number) => newInbound({ imei: imeiOf(index), report })

  it('recognises a repeat of a report committed while it waits for the modem’s row', async () => {
    // So many, each in its device, that the database looks them up one after the other, as in a fleet.
    const before = new Date('2026-11-24T09:00:00Z')
    const earlier = newReport({ fixAt: before, at: before })
    await storeBatch(
      db,
      Array.from({ length: 400 }, (_, index) => newInbound({ imei: imeiOf(index), report: earlier })),
    )
    const { id: groupId } = await buildGroup(db)
    for (const { id: inDevice } of await db.models.Modem.findAll())
      await buildDevice(db, { groupId, modemId: inDevice })
    await db.sequelize.query('ANALYZE TABLE modems, modem_assignments, devices, reports')
    const [low, high] = [10, 390]
    // This process learns where they sit.
    await storeBatch(
      db,
      [low, high].map((index) => newInbound({ imei: imeiOf(index), report: null })),
    )
    const { id: modemId } = (await db.models.Modem.findOne({ where: { imei: imeiOf(high) } })) ?? { id: 0 }
    const { id: messageId } = await buildInbound(db, { modemId })
    // The other process: it holds the modem, and its report is written but not committed yet.
    const transaction = await db.sequelize.transaction()
    await db.models.Modem.findByPk(modemId, { lock: transaction.LOCK.UPDATE, transaction })
    const { latitude, longitude } = report
    const fix = { packetType: 'PK001', at: fixAt, receivedAt: fixAt, fixAt, hasFix: true, latitude, longitude }
    await db.models.Report.create({ ...fix, source: 'device', messageId, modemId }, { transaction })
    const waiting = storeBatch(db, [message(low), message(high)])
    await new Promise((resolve) => setTimeout(resolve, 300))
    await transaction.commit()
    const outcomes = await waiting
    expect(outcomes).toMatchObject([{ stored: { isRepeat: false } }, { stored: { isRepeat: true } }])
  })
})
