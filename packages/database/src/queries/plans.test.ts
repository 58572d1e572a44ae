import {
  buildDevice,
  buildGroup,
  buildInbound,
  buildReport,
  filtersOfLists,
  openTestDatabase,
  type TestDatabase,
  walksOf,
} from '../testing/mod.ts'

describe('query plans of list filters', () => {
  let db: TestDatabase
  let filters: ReturnType<typeof filtersOfLists>

  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
    const groupIds = [(await buildGroup(db)).id, (await buildGroup(db)).id]
    const device = await buildDevice(db, { groupId: groupIds[0] ?? 0 })
    const message = await buildInbound(db, { deviceId: device.id })
    await buildReport(db, { deviceId: device.id, messageId: message.id })
    filters = filtersOfLists(db, groupIds)
  })
  afterAll(() => db.drop())

  it('use an index for every filter on SQLite', async () => {
    for (const [name, ask] of filters) expect({ name, walks: await walksOf(db, ask) }).toEqual({ name, walks: [] })
  })

  it('reveal a query without an index', async () => {
    const byText = () => db.sequelize.query("SELECT id FROM inbound_messages WHERE verified_by = 'secret'")
    expect(await walksOf(db, byText)).toHaveLength(1)
  })
})
