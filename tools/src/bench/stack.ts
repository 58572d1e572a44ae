import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '@paikea/database'
import { createAdminToken } from '../services/admin-token.ts'
import { freePort } from '@paikea/firmware/testing'
import type { KeptProcess } from '../services/kept-process.ts'
import type { PrivateMariaDb } from '../services/private-mariadb.ts'
import { besideRoot } from '../services/runtime.ts'
import { startTemporalServer } from '../services/temporal-server.ts'
import { nodePart } from '../start/node-part.ts'
import type { RunningPart } from '../start/part.ts'
import { buildFleet } from './fleet.ts'

const WEBHOOK_SECRET = 'benchmark-webhook-secret-0123456789'
/** The administrator. */
export const ADMIN = { email: 'bench@example.org', password: 'benchmark-password-0123456789' }

/** Options of a stack. */
export interface StackOptions {
  readonly database: 'sqlite' | 'mariadb'
  /** The run's MariaDB, if `database` is `mariadb`. */
  readonly mariadb: PrivateMariaDb | null
  /** `api`: only responds, without Temporal. `all`: API and worker in one process, with a Temporal server. */
  readonly role: 'api' | 'all'
  readonly temporalCli: string
  /** Port of the vendor's sending service. */
  readonly vendorPort?: number
  /** Number of buoys. @default 200 */
  readonly buoys?: number
  /** An existing database with its fleet: no buoys are created. @default a new one */
  readonly uri?: string
  /** Additional settings of the server. */
  readonly env?: Readonly<Record<string, string>>
}

/** The real program on its own database, with a second connection to inspect the results. */
export interface Stack {
  readonly pid: number
  readonly baseUrl: string
  readonly webhookUrl: string
  readonly temporalAddress: string
  /** Process id of the Temporal server; `null`: none. */
  readonly temporalPid: number | null
  readonly db: Database
  /** MariaDB only. */
  readonly databaseName: string
  /** SQLite only, otherwise `null`. */
  readonly databaseFile: string | null
  /** An administrator's bearer token. */
  readonly token: string
  /** The buoys that the load comes from, in the order of their modems. */
  readonly buoys: readonly string[]
  stop(): Promise<void>
}

/** Starts a stack; `stop()` removes everything it leaves. @throws Error if a part does not start */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'paikea-bench-'))
  const logFolder = join(folder, 'log')
  await mkdir(logFolder)
  const temporalPort = await freePort()
  const temporal = options.role === 'all' ? await startTemporal(options.temporalCli, temporalPort, folder) : null
  const uri = options.uri ?? (await databaseUri(options, folder))
  let server: RunningPart | undefined
  let db: Database | null = null
  let port = 0
  const part = nodePart({
    name: 'server',
    logFile: join(logFolder, 'server.log'),
    script: besideRoot('@paikea/server', 'main'),
    arguments: () => ['serve', '--role', options.role],
    readyWithinMs: 60_000,
    onReady: (message) => (port = Number(message['port'])),
    env: {
      ...process.env,
      PAIKEA_DATA: folder,
      PAIKEA_PORT: '0',
      PAIKEA_DEVICE_PORT: '0',
      PAIKEA_DB_URI: uri,
      PAIKEA_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PAIKEA_ADMIN_EMAIL: ADMIN.email,
      PAIKEA_ADMIN_PASSWORD: ADMIN.password,
      PAIKEA_LOG_LEVEL: 'warn',
      TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
      ROCKBLOCK_USER: 'bench',
      ROCKBLOCK_PASS: 'bench',
      ROCKBLOCK_URL: `http://127.0.0.1:${options.vendorPort ?? 9}`,
      ...options.env,
    },
  })
  const stop = async (): Promise<void> => {
    await server?.stop(30_000)
    await db?.close()
    await temporal?.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    db = await openDatabase({ uri })
    await db.migrate()
    server = await part.launch()
    const baseUrl = `http://127.0.0.1:${port}`
    const token = await createAdminToken(baseUrl, ADMIN)
    return {
      pid: server.pid ?? 0,
      baseUrl,
      webhookUrl: `${baseUrl}/rockblock/incoming/${WEBHOOK_SECRET}`,
      temporalAddress: `127.0.0.1:${temporalPort}`,
      temporalPid: temporal === null ? null : Number(await readFile(join(folder, 'temporal.pid'), 'utf8')),
      db,
      databaseName: /\/(\w+)\?/.exec(uri)?.[1] ?? '',
      databaseFile: options.database === 'sqlite' ? join(folder, 'bench.db') : null,
      token,
      buoys: options.uri === undefined ? await buildFleet(baseUrl, token, options.buoys) : [],
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startTemporal(cli: string, port: number, folder: string): Promise<KeptProcess> {
  return startTemporalServer({
    cli,
    port,
    uiPort: null,
    databaseFile: join(folder, 'temporal.db'),
    pidFile: join(folder, 'temporal.pid'),
  })
}

async function databaseUri(options: StackOptions, folder: string): Promise<string> {
  if (options.database === 'sqlite') return `sqlite:///${join(folder, 'bench.db')}`
  return createDatabase(options.mariadb)
}

/** Creates an empty database in the run's MariaDB. @returns its address */
export async function createDatabase(mariadb: PrivateMariaDb | null): Promise<string> {
  if (mariadb === null) throw new Error('no MariaDB server on this machine')
  const name = `bench_${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`
  const socket = encodeURIComponent(mariadb.socket)
  const root = await openDatabase({ uri: `mysql://root@localhost/mysql?unix_socket=${socket}` })
  await root.sequelize.getQueryInterface().createDatabase(name, { charset: 'utf8mb4' })
  await root.close()
  return `mysql://root@localhost/${name}?unix_socket=${socket}`
}
