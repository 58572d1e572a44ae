import {
  type GroupScope,
  type InboundFilter,
  listDeliveries,
  listFleet,
  listInbound,
  listModems,
  storeBatch,
  type Transaction,
} from '@paikea/database'
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

  /** A group of three devices: for a single one the server finds the way by itself. Each has sent 500 messages, one a minute. */
  async function buildRecord(lastAt: Date) {
    const { id: groupId } = await buildGroup(db)
    const devices: { readonly deviceId: number; readonly imei: string }[] = []
    for (let count = 0; count < 3; count += 1) {
      const { id: modemId, imei } = await buildModem(db)
      const { id: deviceId } = await buildDevice(db, { groupId, modemId })
      devices.push({ deviceId, imei })
    }
    const messages = Array.from({ length: 500 }, (_, index) => {
      const receivedAt = new Date(lastAt.getTime() - (499 - index) * 60_000)
      return devices.map(({ imei }) => newInbound({ imei, receivedAt, report: null }))
    })
    await storeBatch(db, messages.flat())
    return { groupId, devices }
  }

  it('are listed without reading the whole record', async () => {
    const lastAt = new Date('2026-11-24T10:00:00Z')
    await buildRecord(lastAt)
    await db.sequelize.transaction(async (transaction) => {
      const before = await rowsRead(transaction)
      const devices = await listFleet(db, { scope: ALL }, transaction)
      const modems = await listModems(db, { scope: ALL, limit: 10, afterId: null }, transaction)
      expect([...devices, ...modems].map(({ lastSeenAt }) => lastSeenAt)).toEqual(Array(6).fill(lastAt))
      // Of each modem fifty messages, for the gaps in their numbers.
      expect((await rowsRead(transaction)) - before).toBeLessThan(1000)
    })
  })

  it('have their messages listed for a group without reading the whole record', async () => {
    const lastAt = new Date('2026-11-30T10:00:00Z')
    const { groupId, devices } = await buildRecord(lastAt)
    const [first, second] = devices
    if (first === undefined || second === undefined) throw new Error('no devices')
    const scope: GroupScope = { groupIds: [groupId] }
    const read = (filter: InboundFilter, afterId: number | null) =>
      db.sequelize.transaction(async (transaction) => {
        const before = await rowsRead(transaction)
        const page = await listInbound(db, { scope, filter, limit: 10, afterId }, transaction)
        return { page, rows: (await rowsRead(transaction)) - before }
      })
    const { page } = await read({}, null)
    const afterId = page.at(-1)?.id ?? 0
    const lately = new Date(lastAt.getTime() - 9 * 60_000)
    const filters: InboundFilter[] = [{}, { imei: first.imei }, { deviceId: second.deviceId }, { from: lately }]
    for (const filter of filters) {
      for (const after of [null, afterId]) {
        const { page: found, rows } = await read(filter, after)
        expect({ filter, after, found: found.length }).toEqual({ filter, after, found: 10 })
        expect({ filter, after, isFew: rows < 200, rows }).toEqual({ filter, after, isFew: true, rows })
      }
    }
    // Nobody has acted on any of them.
    expect((await read({ state: 'processed' }, null)).rows).toBeLessThan(20)
  })

  it('have their deliveries listed for a group without reading the whole record', async () => {
    const { id: groupId } = await buildGroup(db)
    await db.write((transaction) =>
      db.models.OutboundMessage.bulkCreate(
        Array.from({ length: 500 }, () => ({
          groupId,
          causeKind: 'person' as const,
          targetKind: 'modem' as const,
          targetKey: 'modem/1',
          orderKey: 0,
          payload: Buffer.from('hello'),
        })),
        { transaction },
      ),
    )
    await db.sequelize.transaction(async (transaction) => {
      const before = await rowsRead(transaction)
      const scope: GroupScope = { groupIds: [groupId] }
      expect(await listDeliveries(db, { scope, limit: 10, afterId: null }, transaction)).toHaveLength(10)
      expect((await rowsRead(transaction)) - before).toBeLessThan(50)
    })
  })
})
