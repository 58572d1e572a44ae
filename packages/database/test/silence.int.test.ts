import { type Database, isUnavailable, openDatabase, storeBatch } from '@paikea/database'
import { databaseKinds, newInbound, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

import { type SilencedServer, startSilencedServer } from './support/silenced-server.ts'

const withMariadb = databaseKinds().includes('mariadb') ? describe : describe.skip

withMariadb('a silent MariaDB (skipped where there is none)', () => {
  let db: TestDatabase
  let line: SilencedServer
  let far: Database
  beforeEach(async () => {
    db = await openTestDatabase('mariadb', { migrate: false })
    line = await startSilencedServer(db)
    far = await openDatabase({ uri: line.uri, maxSilenceMs: 500 })
  })
  afterEach(async () => {
    await far.close()
    line.close()
    await db.drop()
  })

  it('makes pending work fail as unavailable, and is used again when it answers', async () => {
    await far.migrate()
    await storeBatch(far, [newInbound()])
    line.isSilent = true
    const endings = await Promise.all(
      [far.ping(), far.models.Group.findAll(), storeBatch(far, [newInbound()])].map((work) =>
        work.then(
          () => 'answered',
          (error: unknown) => isUnavailable(error),
        ),
      ),
    )
    expect(endings).toEqual([true, true, true])
    line.isSilent = false
    expect(await storeBatch(far, [newInbound()])).toMatchObject([{ status: 'stored' }])
  })

  it('is waited for by a migration, but not by a query after it', async () => {
    await db.sequelize.transaction(async (transaction) => {
      const lock = `'paikea-migrate/${db.sequelize.getDatabaseName()}'`
      await db.sequelize.query(`SELECT GET_LOCK(${lock}, 0)`, { transaction })
      const migrating = far.migrate()
      await new Promise((resolve) => setTimeout(resolve, 1_200))
      await db.sequelize.query(`SELECT RELEASE_LOCK(${lock})`, { transaction })
      await expect(migrating).resolves.toContain('0001-first-tables')
    })
    await expect(far.sequelize.query('SELECT SLEEP(1.2)')).rejects.toThrow('silent for 0.5 s')
  })

  it('is reported as unavailable even by a migration with nothing to do', async () => {
    await far.migrate()
    line.isSilent = true
    const error: unknown = await far.migrate().catch((thrown: unknown) => thrown)
    expect(isUnavailable(error)).toBe(true)
  })
})
