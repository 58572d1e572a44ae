import { buildDevice, buildModem, newInbound, openTestDatabase, type TestDatabase } from '../testing/mod.ts'
import { storeBatch } from './store-batch.ts'

const IMEI = '300234010753370'

describe('storeBatch() with a wrong stored value', () => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase('sqlite')
    const { id: modemId } = await buildModem(db, { imei: IMEI })
    await buildDevice(db, { modemId })
    await storeBatch(db, [newInbound({ imei: IMEI, duplicateKey: 'first' })])
  })
  afterEach(() => db.drop())

  // SQLite keeps whatever it is given, whatever the column's type.
  it.each([
    ['modem_assignments', 'from_at', 'a time'],
    ['modem_assignments', 'to_at', 'a time or null'],
    ['devices', 'kind', 'one of '],
    ['modems', 'first_seen_at', 'a time or null'],
    ['device_states', 'suspect_at', 'a time or null'],
  ])('fails, naming %s.%s, and stores nothing', async (table, column, what) => {
    await db.write((transaction) => db.sequelize.query(`UPDATE ${table} SET ${column} = 'raft'`, { transaction }))
    const [again] = await storeBatch(db, [newInbound({ imei: IMEI, duplicateKey: 'second' })])
    expect(again).toMatchObject({
      status: 'failed',
      error: { code: 'DATABASE_WRONG_VALUE', message: expect.stringContaining(`${table}.${column}: expected ${what}`) },
    })
    expect(await db.models.InboundMessage.count()).toBe(1)
  })
})
