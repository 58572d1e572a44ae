import { storeBatch } from '@paikea/database'
import { databaseKinds, newInbound, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

/** A process that is still running while the next version's migrations change the tables. */
describe.each(databaseKinds())('storeBatch() on tables of another version, on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  const rename = (from: string, to: string) =>
    db.write((transaction) => db.sequelize.query(`ALTER TABLE reports RENAME COLUMN ${from} TO ${to}`, { transaction }))

  it('fails without quarantining the messages, and stores them when the tables match again', async () => {
    await rename('has_fix', 'is_fixed')
    const items = [newInbound(), newInbound()]
    expect((await storeBatch(db, items)).map(({ status }) => status)).toEqual(['failed', 'failed'])
    expect(await db.models.InboundMessage.count()).toBe(0)
    await rename('is_fixed', 'has_fix')
    const outcomes = await storeBatch(db, items)
    expect(outcomes).toMatchObject([{ stored: { state: 'accepted' } }, { stored: { state: 'accepted' } }])
  })
})
