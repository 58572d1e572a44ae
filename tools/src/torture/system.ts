import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '@paikea/database'

import { createAdminToken } from '../services/admin-token.ts'
import { freePort } from '@paikea/firmware/testing'
import type { MariaDbFiles } from '../services/private-mariadb.ts'
import { besideRoot } from '../services/runtime.ts'
import { nodePart } from '../start/node-part.ts'
import type { Part } from '../start/part.ts'
import { temporalPart } from '../start/temporal-part.ts'
import type { Clocks } from './clocks.ts'
import { mariaDbPart } from './mariadb-part.ts'
import type { Aim } from './plan.ts'
import { Victim } from './victim.ts'

/** Speed of the simulated vendor's clock: its pauses of a minute take a second, and a delay of hours takes minutes. */
export const VENDOR_SPEED = 60
const SECRET = 'torture-webhook-secret-0123456789'
const ADMIN = { email: 'torture@example.org', password: 'torture-password-0123456789' }

/** The whole system as processes. */
export interface TortureSystem {
  readonly victims: ReadonlyMap<string, Victim>
  readonly aims: readonly Aim[]
  readonly apiUrl: string
  readonly simulatorUrl: string
  readonly databaseUri: string
  /** An administrator's bearer token. */
  readonly token: string
  stop(): Promise<void>
}

/** Starts every part. @throws Error if one does not come up */
export async function startTortureSystem(options: {
  readonly folder: string
  readonly temporalCli: string
  /** `null`: SQLite, and API and worker in one process. */
  readonly mariadb: MariaDbFiles | null
  readonly sqsUrl: string
  /** Lets the clocks of our programs be changed; `null`: they stay correct. */
  readonly clocks: Clocks | null
  readonly say: (line: string) => void
}): Promise<TortureSystem> {
  const [logs, data] = [join(options.folder, 'logs'), join(options.folder, 'data')]
  await mkdir(logs, { recursive: true })
  await mkdir(data, { recursive: true })
  const [apiPort, simulatorPort] = [await freePort(), await freePort()]
  const [temporalPort, uiPort] = [await freePort(), await freePort()]
  const [apiUrl, simulatorUrl] = [`http://127.0.0.1:${apiPort}`, `http://127.0.0.1:${simulatorPort}`]
  const databaseUri =
    options.mariadb === null
      ? `sqlite:///${join(data, 'paikea.db')}`
      : `mysql://root@localhost/paikea?unix_socket=${encodeURIComponent(options.mariadb.socket)}`

  const { PATH, HOME } = process.env // what any program has
  const env = {
    PATH,
    HOME,
    PAIKEA_LOG_LEVEL: 'info',
    PAIKEA_DATA: data,
    PAIKEA_DB_URI: databaseUri,
    PAIKEA_PORT: String(apiPort),
    PAIKEA_DEVICE_PORT: '0',
    PAIKEA_WEBHOOK_SECRET: SECRET,
    PAIKEA_ADMIN_EMAIL: ADMIN.email,
    PAIKEA_ADMIN_PASSWORD: ADMIN.password,
    PAIKEA_PRIVATE_TARGETS: '127.0.0.0/8',
    TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
    ROCKBLOCK_USER: 'user',
    ROCKBLOCK_PASS: 'password',
    ROCKBLOCK_URL: simulatorUrl,
    AWS_ENDPOINT_URL: options.sqsUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  const program = (name: string, role: string): Part =>
    nodePart({
      name,
      env: { ...env, ...options.clocks?.envOf(name) },
      logFile: join(logs, `${name}.log`),
      readyWithinMs: 60_000,
      script: besideRoot('@paikea/server', 'main'),
      arguments: () => ['serve', '--role', role],
    })
  const temporal = temporalPart({
    cli: options.temporalCli,
    host: '127.0.0.1',
    port: temporalPort,
    uiPort,
    databaseFile: join(options.folder, 'temporal.db'),
    pidFile: join(options.folder, 'temporal.pid'),
    logFile: join(logs, 'temporal.log'),
  })
  const simulator = nodePart({
    name: 'simulator',
    env: { PATH },
    logFile: join(logs, 'simulator.log'),
    readyWithinMs: 30_000,
    script: besideRoot('@paikea/simulator', 'main'),
    arguments: () => [
      ...[
        '--port',
        String(simulatorPort),
        '--data',
        join(options.folder, 'simulator'),
        '--speed',
        String(VENDOR_SPEED),
      ],
      ...['--webhook-url', apiUrl, '--webhook-secret-file', join(options.folder, 'secret')],
    ],
  })
  const own =
    options.mariadb === null
      ? [{ part: program('server', 'all'), weight: 6 }]
      : [
          { part: mariaDbPart(options.mariadb), weight: 2 },
          { part: program('api', 'api'), weight: 3 },
          { part: program('worker-1', 'worker'), weight: 3 },
          { part: program('worker-2', 'worker'), weight: 3 },
        ]
  const parts = [{ part: temporal, weight: 2 }, ...own, { part: simulator, weight: 2 }]
  const victims = new Map(parts.map(({ part }) => [part.name, new Victim(part, options.say)]))
  const stop = async (): Promise<void> => {
    for (const victim of [...victims.values()].toReversed()) await victim.stop()
  }
  try {
    await writeFile(join(options.folder, 'secret'), SECRET, { mode: 0o600 })
    await Promise.all(['temporal', 'mariadb'].map(async (name) => victims.get(name)?.start()))
    if (options.mariadb !== null) await createTables(options.mariadb.socket, databaseUri)
    await Promise.all(own.map(async ({ part }) => part.name === 'mariadb' || victims.get(part.name)?.start()))
    await victims.get('simulator')?.start()
    const token = await createAdminToken(apiUrl, ADMIN)
    const hasClock = (name: string): boolean => /^(server|api|worker)/.test(name)
    const aims = parts.map(({ part, weight }) => ({ part: part.name, weight, hasClock: hasClock(part.name) }))
    return { victims, aims, apiUrl, simulatorUrl, databaseUri, token, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createTables(socket: string, uri: string): Promise<void> {
  const root = await openDatabase({ uri: `mysql://root@localhost/mysql?unix_socket=${encodeURIComponent(socket)}` })
  await root.sequelize.getQueryInterface().createDatabase('paikea', { charset: 'utf8mb4', collate: 'utf8mb4_bin' })
  await root.close()
  const db = await openDatabase({ uri })
  await db.migrate()
  await db.close()
}
