import type { QueryInterface, Transaction } from 'sequelize'
import { Umzug, type UmzugStorage } from 'umzug'

import type { Database } from '../database.ts'
import { migrations } from './list.ts'

/** What a migration works with. Every statement takes the transaction, so that SQLite undoes all of a failed one. */
export interface MigrationContext {
  readonly queryInterface: QueryInterface
  readonly transaction: Transaction
  readonly dialect: Database['dialect']
}

export interface Migration {
  readonly name: string
  up(context: MigrationContext): Promise<void>
  down(context: MigrationContext): Promise<void>
}

const TABLE = 'schema_migrations'
/** How long a second process waits until the first one has brought the tables up to date. */
const LOCK_WAIT_SECONDS = 120

/** Runs what has not run yet, in the order of the list; a second process that does the same at that moment waits and then finds nothing to do. */
export async function migrate(db: Database): Promise<string[]> {
  const ran = await underLock(db, async (transaction) => {
    await db.sequelize.query(`CREATE TABLE IF NOT EXISTS ${TABLE} (name VARCHAR(160) NOT NULL PRIMARY KEY)`, {
      transaction,
    })
    return createUmzug(db, transaction).up()
  })
  return ran.map(({ name }) => name)
}

/** Undoes the last migration. For development. */
export async function migrateDown(db: Database): Promise<string[]> {
  const undone = await underLock(db, (transaction) => createUmzug(db, transaction).down())
  return undone.map(({ name }) => name)
}

export async function pendingMigrations(db: Database): Promise<string[]> {
  const tables = await db.sequelize.getQueryInterface().showAllTables()
  if (!tables.includes(TABLE)) return migrations.map(({ name }) => name)
  const done = new Set(await executedNames(db, null))
  return migrations.map(({ name }) => name).filter((name) => !done.has(name))
}

/** SQLite: the write transaction itself is the lock. MySQL commits at each change of a table, so a named lock on the connection stands in. */
async function underLock<T>(db: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  if (db.dialect === 'sqlite') return db.write(work)
  return db.sequelize.transaction(async (transaction) => {
    const name = `paikea-migrate/${db.sequelize.getDatabaseName()}`.slice(0, 64)
    const [rows] = await db.sequelize.query(`SELECT GET_LOCK(?, ${LOCK_WAIT_SECONDS}) AS got`, {
      transaction,
      replacements: [name],
    })
    if (!isGot(rows)) throw new Error(`another process has been changing the tables for ${LOCK_WAIT_SECONDS} s`)
    try {
      return await work(transaction)
    } finally {
      await db.sequelize.query('SELECT RELEASE_LOCK(?)', { transaction, replacements: [name] })
    }
  })
}

function isGot(rows: unknown): boolean {
  const [row]: unknown[] = Array.isArray(rows) ? rows : []
  return typeof row === 'object' && row !== null && 'got' in row && Number(row.got) === 1
}

function createUmzug(db: Database, transaction: Transaction) {
  const context: MigrationContext = {
    queryInterface: db.sequelize.getQueryInterface(),
    transaction,
    dialect: db.dialect,
  }
  return new Umzug<MigrationContext>({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: ({ context: given }) => migration.up(given),
      down: ({ context: given }) => migration.down(given),
    })),
    context,
    storage: createStorage(db, transaction),
    logger: undefined,
  })
}

/** Umzug's own storage would write outside the transaction. */
function createStorage(db: Database, transaction: Transaction): UmzugStorage {
  return {
    logMigration: async ({ name }) => {
      await db.sequelize.query(`INSERT INTO ${TABLE} (name) VALUES (?)`, { transaction, replacements: [name] })
    },
    unlogMigration: async ({ name }) => {
      await db.sequelize.query(`DELETE FROM ${TABLE} WHERE name = ?`, { transaction, replacements: [name] })
    },
    executed: () => executedNames(db, transaction),
  }
}

async function executedNames(db: Database, transaction: Transaction | null): Promise<string[]> {
  const [rows] = await db.sequelize.query(`SELECT name FROM ${TABLE} ORDER BY name`, { transaction })
  return rows.flatMap((row) =>
    typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string' ? [row.name] : [],
  )
}
