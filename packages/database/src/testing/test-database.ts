import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Sequelize } from 'sequelize'

import { openDatabase } from '../connection/open-database.ts'
import type { Database } from '../database.ts'

export type DatabaseKind = 'sqlite' | 'mariadb'

/** A migrated database of a single test. `drop()` closes and removes it. */
export interface TestDatabase extends Database {
  readonly kind: DatabaseKind
  /** Address for a second connection, or another process. */
  readonly uri: string
  drop(): Promise<void>
}

/**
 * For `describe.each`: MariaDB only if the test run has started one. Under `CI` always: there a missing server must
 * fail the tests, not hide them.
 */
export function databaseKinds(): DatabaseKind[] {
  return socketPath() === null && !process.env['CI'] ? ['sqlite'] : ['sqlite', 'mariadb']
}

/** Opens and migrates a fresh private database. @throws if there is no MariaDB to create it in */
export async function openTestDatabase(kind: DatabaseKind, options: { migrate?: boolean } = {}): Promise<TestDatabase> {
  const made = kind === 'sqlite' ? await makeSqlite() : await makeMariadb()
  if (options.migrate !== false) await made.migrate()
  return made
}

async function makeSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-test-'))
  const uri = `sqlite:///${join(folder, 'database.sqlite')}`
  const db = await openDatabase({ uri })
  const drop = async (): Promise<void> => {
    await db.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...db, kind: 'sqlite', uri, drop }
}

async function makeMariadb(): Promise<TestDatabase> {
  const socket = socketPath()
  if (socket === null) throw new Error('PAIKEA_TEST_MARIADB_SOCKET names no MariaDB to make a database in')
  const name = `test_${randomBytes(8).toString('hex')}`
  await asRoot(socket, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
  const uri = `mysql://root@/${name}?unix_socket=${encodeURIComponent(socket)}`
  const db = await openDatabase({ uri })
  const drop = async (): Promise<void> => {
    await db.close()
    await asRoot(socket, `DROP DATABASE IF EXISTS ${name}`)
  }
  return { ...db, kind: 'mariadb', uri, drop }
}

async function asRoot(socket: string, sql: string): Promise<void> {
  const root = new Sequelize({
    dialect: 'mysql',
    username: 'root',
    logging: false,
    dialectOptions: { socketPath: socket },
  })
  try {
    await root.query(sql)
  } finally {
    await root.close()
  }
}

/** The test run's own variable: set by the tooling that starts the private server, not a setting of the product. */
function socketPath(): string | null {
  return process.env['PAIKEA_TEST_MARIADB_SOCKET'] || null
}
