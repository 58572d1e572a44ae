import { freePort } from '@paikea/firmware/testing'
import { readFileSync } from 'node:fs'
import { openDatabase } from '@paikea/database'

import { type MariaDbFiles, prepareMariaDb } from '../services/private-mariadb.ts'
import { waitFor } from '../services/wait-for.ts'
import type { Part } from '../start/part.ts'
import { mariaDbPart } from '../torture/mariadb-part.ts'

/** A MariaDB and its replica. */
export interface MariaDbPair {
  readonly parts: readonly [Part, Part]
  readonly uri: string
  readonly readUri: string
  readonly folders: readonly string[]
  /** Starts replication and creates the empty database; both servers must run. */
  connect(): Promise<void>
}

/** Creates both, empty; nothing runs yet. @throws Error if no MariaDB is installed */
export async function prepareMariaDbPair(): Promise<MariaDbPair> {
  const port = await freePort()
  const [primary, replica] = [await prepareMariaDb(), await prepareMariaDb()]
  if (primary === null || replica === null) throw new Error('no MariaDB server is installed')
  const first: MariaDbFiles = {
    ...primary,
    more: [
      '--skip-networking=0',
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--server-id=1',
      '--log-bin=log',
      '--sync-binlog=1',
    ],
  }
  const second: MariaDbFiles = {
    ...replica,
    more: ['--server-id=2', '--read-only', '--relay-log=relay', '--relay-log-recovery'],
  }
  const uriOf = ({ socket }: MariaDbFiles, database: string): string =>
    `mysql://root@localhost/${database}?unix_socket=${encodeURIComponent(socket)}`
  const ask = async (files: MariaDbFiles, ...statements: readonly string[]): Promise<void> => {
    const db = await openDatabase({ uri: uriOf(files, 'mysql') })
    try {
      for (const statement of statements) await db.sequelize.query(statement)
    } finally {
      await db.close()
    }
  }
  return {
    parts: [
      { ...mariaDbPart(first), name: 'mariadb' },
      { ...mariaDbPart(second), name: 'mariadb-replica' },
    ],
    uri: uriOf(first, 'paikea'),
    readUri: uriOf(second, 'paikea'),
    folders: [first.folder, second.folder],
    async connect() {
      await ask(
        second,
        `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${port}, MASTER_USER='replica', MASTER_PASSWORD='replica',
         MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
      )
      await ask(
        first,
        `CREATE USER replica@'%' IDENTIFIED BY 'replica'`,
        `GRANT REPLICATION SLAVE ON *.* TO replica@'%'`,
        'CREATE DATABASE paikea CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
      )
      await ask(second, 'START SLAVE')
      const isThere = await waitFor(
        () =>
          openDatabase({ uri: uriOf(second, 'paikea') }).then(
            async (db) => db.close().then(() => true),
            () => false,
          ),
        { limitMs: 60_000 },
      )
      if (!isThere) throw new Error('the replica does not follow')
    },
  }
}

/** Size of a server's tables on disk, as the server reports it. */
export async function tableBytes(uri: string): Promise<number> {
  const db = await openDatabase({ uri })
  try {
    const [rows] = await db.sequelize.query(
      `SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = 'paikea'`,
    )
    // One row of one sum.
    return Number((rows[0] as { bytes?: unknown } | undefined)?.bytes ?? 0)
  } finally {
    await db.close()
  }
}

/** Resident memory of a process. */
export function residentBytes(pid: number | null): number {
  if (pid === null) return 0
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
