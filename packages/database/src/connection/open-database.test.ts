import { openTestDatabase } from '../testing/mod.ts'

describe('openDatabase()', () => {
  it('migrates a fresh SQLite', async () => {
    const db = await openTestDatabase('sqlite')
    expect(await db.pendingMigrations()).toEqual([])
    await db.drop()
  })
})
