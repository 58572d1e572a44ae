import { openDatabase } from '@paikea/database'
import { databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

describe.each(databaseKinds())('migrate() on %s', (kind) => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase(kind, { migrate: false })
  })
  afterEach(() => db.drop())

  it('runs every migration once when several processes start at the same time', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openDatabase({ uri: db.uri })))
    try {
      const pending = await db.pendingMigrations()
      expect(pending[0]).toBe('0001-first-tables')
      const ran = await Promise.all([db, ...others].map((each) => each.migrate()))
      expect(ran.flat()).toEqual(pending)
      expect(await db.pendingMigrations()).toEqual([])
      expect(await db.migrate()).toEqual([])
    } finally {
      await Promise.all(others.map((other) => other.close()))
    }
  })

  it('runs again after every migration is undone', async () => {
    const all = await db.migrate()
    for (const name of [...all].reverse()) expect(await db.migrateDown()).toEqual([name])
    expect(await db.pendingMigrations()).toEqual(all)
    expect(await db.migrate()).toEqual(all)
  })

  it('creates the tables that the models describe, column by column', async () => {
    await db.migrate()
    for (const model of Object.values(db.sequelize.models)) {
      const table = await db.sequelize.getQueryInterface().describeTable(model.tableName)
      const described = Object.values(model.getAttributes()).map(
        (attribute) => `${attribute.field} ${attribute.allowNull !== false ? 'may be null' : ''}`,
      )
      // A primary key may be left to the database, whatever the model says of null.
      const made = Object.entries(table).map(
        ([name, column]) => `${name} ${column.primaryKey || column.allowNull ? 'may be null' : ''}`,
      )
      expect(new Set(described)).toEqual(new Set(made))
    }
  })

  it('backfills the time of the last change of existing deliveries', async () => {
    const names = await db.migrate()
    const newer = names.slice(names.indexOf('0002-last-changes'))
    for (const name of newer.toReversed()) expect(await db.migrateDown()).toEqual([name])
    const times = { created: new Date('2026-11-01T10:00:00Z'), finished: new Date('2026-11-01T11:00:00Z') }
    await db.write(async (transaction) => {
      for (const [orderKey, finishedAt] of [times.finished, null].entries()) {
        await db.sequelize.query(
          `INSERT INTO outbound_messages (cause_kind, target_kind, target_key, order_key, payload, waiting, created_at, finished_at)
           VALUES ('api', 'modem', '300234010000001', ?, '', ?, ?, ?)`,
          { transaction, replacements: [orderKey, false, times.created, finishedAt] },
        )
      }
    })
    await db.migrate()
    const rows = await db.models.OutboundMessage.findAll({ order: [['orderKey', 'ASC']] })
    expect(rows.map(({ stateChangedAt }) => stateChangedAt)).toEqual([times.finished, times.created])
  })

  it('makes names compare byte by byte', async () => {
    await db.migrate()
    const make = (name: string) => db.write((transaction) => db.models.Group.create({ name }, { transaction }))
    await make('crew')
    await make('Crew')
    await make('créw')
    await expect(make('crew')).rejects.toThrow('Validation error')
    expect(await db.models.Group.count({ where: { name: 'crew' } })).toBe(1)
  })
})
