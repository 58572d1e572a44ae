import { openDatabase } from '../connection/open-database.ts'
import type { Database } from '../database.ts'

/** So many migrations may lie between the version that still runs and the one that is being started. */
const STEPS = 5

type Tables = ReadonlyMap<
  string,
  Readonly<Record<string, { readonly allowNull: boolean; readonly defaultValue: unknown }>>
>

/** While a new version's migrations have run, processes of the one before go on reading and writing. */
describe('migrations alongside the previous version', () => {
  let db: Database
  beforeAll(async () => {
    db = await openDatabase({ uri: 'sqlite::memory:' })
    await db.migrate()
  })
  afterAll(() => db.close())

  async function readTables(): Promise<Tables> {
    const look = db.sequelize.getQueryInterface()
    const names = (await look.showAllTables()).map(String).filter((name) => name !== 'schema_migrations')
    return new Map(await Promise.all(names.map(async (name) => [name, await look.describeTable(name)] as const)))
  }

  test(`drop no column and require no new value in the last ${String(STEPS)} steps`, async () => {
    const after = await readTables()
    for (let step = 0; step < STEPS; step += 1) await db.migrateDown()
    const before = await readTables()
    await db.migrate()
    const broken: string[] = []
    for (const [table, columns] of before) {
      const now = after.get(table) ?? {}
      for (const name of Object.keys(columns)) if (now[name] === undefined) broken.push(`${table}.${name} is gone`)
      for (const [name, { allowNull, defaultValue }] of Object.entries(now)) {
        const isNew = columns[name] === undefined
        const wasOptional = columns[name]?.allowNull === true
        const isRequired = !allowNull && (defaultValue === null || defaultValue === undefined)
        if (isRequired && (isNew || wasOptional)) broken.push(`${table}.${name} must be given`)
      }
    }
    expect(before.size).toBeGreaterThan(20)
    expect(broken).toEqual([])
  })
})
