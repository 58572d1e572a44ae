import { type GroupScope, listFleet, listModems, storeBatch, type Transaction } from '@paikea/database'
import {
  buildDevice,
  buildGroup,
  buildModem,
  databaseKinds,
  newInbound,
  openTestDatabase,
  type TestDatabase,
} from '@paikea/database/testing'

const ALL: GroupScope = { all: true }
const withMariadb = databaseKinds().includes('mariadb') ? describe : describe.skip

withMariadb('devices with a long record on MariaDB (skipped where there is none)', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase('mariadb')
  })
  afterAll(() => db.drop())

  /** How many rows, of tables or of indexes, the server has read for this connection. */
  async function rowsRead(transaction: Transaction): Promise<number> {
    const [rows] = await db.sequelize.query("SHOW SESSION STATUS LIKE 'Handler_read%'", { transaction })
    // Two columns, as the statement says.
    return (rows as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0)
  }

  it('are shown without reading the record', async () => {
    const { id: groupId } = await buildGroup(db)
    const receivedAt = new Date('2026-11-24T10:00:00Z')
    // More than one: for a single device the server finds the way by itself.
    for (let count = 0; count < 3; count += 1) {
      const modem = await buildModem(db)
      await buildDevice(db, { groupId, modemId: modem.id })
      await storeBatch(
        db,
        Array.from({ length: 500 }, () => newInbound({ imei: modem.imei, receivedAt, report: null })),
      )
    }
    await db.sequelize.transaction(async (transaction) => {
      const before = await rowsRead(transaction)
      const devices = await listFleet(db, { scope: ALL }, transaction)
      const modems = await listModems(db, { scope: ALL, limit: 10, afterId: null }, transaction)
      expect([...devices, ...modems].map(({ lastSeenAt }) => lastSeenAt)).toEqual(Array(6).fill(receivedAt))
      expect((await rowsRead(transaction)) - before).toBeLessThan(500)
    })
  })
})
