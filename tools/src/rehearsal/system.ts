import { freePort } from '@paikea/firmware/testing'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@paikea/database'

import { createAdminToken } from '../services/admin-token.ts'
import { besideRoot } from '../services/runtime.ts'
import { nodePart } from '../start/node-part.ts'
import type { Part } from '../start/part.ts'
import { Victim } from '../torture/victim.ts'
import { prepareFront } from './front.ts'
import { prepareMariaDbPair } from './mariadb-pair.ts'
import { type Postgres, preparePostgres } from './postgres.ts'
import { prepareTemporal } from './temporal-cluster.ts'
import type { TemporalPrograms } from './temporal-programs.ts'

/** Part of the addresses that the vendor delivers to. */
export const SECRET = 'rehearsal-webhook-secret-0123456789'
const ADMIN = { email: 'rehearsal@example.org', password: 'rehearsal-password-0123456789' }

/** A large installation, as processes. */
export interface RehearsalSystem {
  readonly victims: ReadonlyMap<string, Victim>
  /** Resident memory of each part now, by name. */
  memory(): ReadonlyMap<string, number>
  /** nginx's TLS port. */
  readonly httpsPort: number
  /** Address of the first API process, for setting up. */
  readonly apiUrl: string
  readonly simulatorUrl: string
  readonly uri: string
  readonly readUri: string
  readonly postgres: Postgres
  /** An administrator's bearer token. */
  readonly token: string
  /** Starts the second API process and the second worker. */
  grow(): Promise<void>
  /** Stops everything. */
  stop(): Promise<void>
  /** Removes what the databases keep outside the folder. */
  remove(): Promise<void>
}

/** Starts it with one API process and one worker. @throws Error if a part does not come up */
export async function startRehearsalSystem(options: {
  readonly folder: string
  readonly cli: string
  readonly programs: TemporalPrograms
  readonly say: (line: string) => void
  readonly memoryOf: (pid: number | null) => number
}): Promise<RehearsalSystem> {
  const { folder, say } = options
  const [logs, data] = [join(folder, 'logs'), join(folder, 'data')]
  // Short paths, because sockets are created in it.
  const pids = await mkdtemp(join(tmpdir(), 'paikea-pids-'))
  for (const path of [logs, data]) await mkdir(path, { recursive: true })
  const postgres = await preparePostgres({ logs, pids })
  const temporal = await prepareTemporal({ folder, logs, pids, postgres, programs: options.programs, cli: options.cli })
  const mariadb = await prepareMariaDbPair()
  const apiPorts = [await freePort(), await freePort()]
  const [httpsPort, httpPort, simulatorPort] = [await freePort(), await freePort(), await freePort()]
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`
  const nginx = await prepareFront({ folder, logs, pids, apiPorts, httpsPort, httpPort })

  const { PATH, HOME } = process.env // what any program has
  const env = {
    PATH,
    HOME,
    PAIKEA_LOG_LEVEL: 'info',
    PAIKEA_DATA: data,
    PAIKEA_DB_URI: mariadb.uri,
    PAIKEA_DB_READ_URI: mariadb.readUri,
    PAIKEA_WEBHOOK_SECRET: SECRET,
    PAIKEA_DEVICE_PORT: '0',
    PAIKEA_TRUSTED_PROXIES: '127.0.0.1',
    PAIKEA_ADMIN_EMAIL: ADMIN.email,
    PAIKEA_ADMIN_PASSWORD: ADMIN.password,
    PAIKEA_PRIVATE_TARGETS: '127.0.0.0/8',
    TEMPORAL_ADDRESS: temporal.address,
    ROCKBLOCK_USER: 'user',
    ROCKBLOCK_PASS: 'password',
    ROCKBLOCK_URL: simulatorUrl,
  }
  const program = (name: string, role: string, port: number): Part =>
    nodePart({
      name,
      env: { ...env, PAIKEA_PORT: String(port) },
      logFile: join(logs, `${name}.log`),
      readyWithinMs: 120_000,
      script: besideRoot('@paikea/server', 'main'),
      arguments: () => ['serve', '--role', role],
    })
  const simulator = nodePart({
    name: 'simulator',
    env: { PATH },
    logFile: join(logs, 'simulator.log'),
    readyWithinMs: 60_000,
    script: besideRoot('@paikea/simulator', 'main'),
    arguments: () => ['--port', String(simulatorPort), '--data', join(folder, 'simulator')],
  })
  const parts = [
    ...[postgres.part, ...temporal.parts, ...mariadb.parts, simulator, nginx],
    ...apiPorts.map((port, index) => program(`api-${index + 1}`, 'api', port)),
    ...[1, 2].map((number) => program(`worker-${number}`, 'worker', 0)),
  ]
  const pidOf = new Map<string, number | null>()
  const victims = new Map(parts.map((part) => [part.name, new Victim(noting(part, pidOf), say)]))
  const start = (...names: readonly string[]): Promise<unknown> =>
    Promise.all(names.map(async (name) => victims.get(name)?.start()))
  const stop = async (): Promise<void> => {
    for (const victim of [...victims.values()].toReversed()) await victim.stop()
  }
  const remove = async (): Promise<void> => {
    for (const path of [postgres.folder, pids, ...mariadb.folders]) await rm(path, { recursive: true, force: true })
  }
  try {
    await start('postgres', 'mariadb', 'mariadb-replica', 'simulator')
    await Promise.all([temporal.makeTables(), mariadb.connect()])
    await start(...temporal.parts.map(({ name }) => name))
    await temporal.makeNamespace()
    const db = await openDatabase({ uri: mariadb.uri })
    await db.migrate()
    await db.close()
    await writeFile(join(folder, 'secret'), SECRET, { mode: 0o600 })
    await start('api-1', 'worker-1', 'nginx')
    const apiUrl = `http://127.0.0.1:${apiPorts[0] ?? 0}`
    const token = await createAdminToken(apiUrl, ADMIN)
    return {
      victims,
      httpsPort,
      apiUrl,
      simulatorUrl,
      uri: mariadb.uri,
      readUri: mariadb.readUri,
      postgres,
      token,
      memory: () => new Map([...pidOf].map(([name, pid]) => [name, options.memoryOf(pid)])),
      grow: async () => void (await start('api-2', 'worker-2')),
      stop,
      remove,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Records the current process id of a part. */
function noting(part: Part, pidOf: Map<string, number | null>): Part {
  return {
    ...part,
    async launch() {
      const running = await part.launch()
      pidOf.set(part.name, running.pid)
      return running
    },
  }
}
