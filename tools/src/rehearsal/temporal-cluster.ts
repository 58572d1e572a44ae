import { freePort } from '@paikea/firmware/testing'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { runCommand } from '../binaries/run-command.ts'
import { isListening, waitFor } from '../services/wait-for.ts'
import type { Part } from '../start/part.ts'
import { keptPart } from './kept-part.ts'
import type { Postgres } from './postgres.ts'
import type { TemporalPrograms } from './temporal-programs.ts'

/** Each runs as its own process. */
export const TEMPORAL_SERVICES = ['frontend', 'history', 'matching', 'worker'] as const
type Service = (typeof TEMPORAL_SERVICES)[number]

/** Cannot be changed later; enough for 1,000 starts a second. */
const HISTORY_SHARDS = 64
const PLUGIN = 'postgres12_pgx'

/** A Temporal server whose services are separate processes. */
export interface TemporalCluster {
  /** `host:port` of the frontend. */
  readonly address: string
  readonly parts: readonly Part[]
  /** Creates the tables; PostgreSQL must run. */
  makeTables(): Promise<void>
  /** Creates the namespace `default`; the services must run. */
  makeNamespace(): Promise<void>
}

/** Writes its configuration; nothing runs yet. */
export async function prepareTemporal(options: {
  readonly folder: string
  readonly logs: string
  readonly pids: string
  readonly programs: TemporalPrograms
  readonly cli: string
  readonly postgres: Postgres
}): Promise<TemporalCluster> {
  const { folder, programs, postgres } = options
  const ports = new Map<Service, { readonly rpc: number; readonly member: number }>()
  // Temporal keeps them in a signed two-byte column: freePort() stays below 32,768.
  for (const service of TEMPORAL_SERVICES) ports.set(service, { rpc: await freePort(), member: await freePort() })
  const portOf = (service: Service): number => ports.get(service)?.rpc ?? 0
  const address = `127.0.0.1:${portOf('frontend')}`
  await mkdir(join(folder, 'config'), { recursive: true })
  await writeFile(join(folder, 'dynamic.yaml'), DYNAMIC)
  await writeFile(join(folder, 'config', 'rehearsal.yaml'), configOf({ folder, postgres, ports, address }))
  const words = ['--root', folder, '--config', 'config', '--env', 'rehearsal', '--allow-no-auth', 'start']
  const parts = TEMPORAL_SERVICES.map((service) =>
    keptPart({
      name: `temporal-${service}`,
      command: programs.server,
      arguments: [...words, '--service', service],
      pidFile: join(options.pids, `temporal-${service}`),
      logFile: join(options.logs, `temporal-${service}.log`),
      // Its internal worker listens only on its membership port.
      isUp: () => isListening({ port: (service === 'worker' ? ports.get(service)?.member : portOf(service)) ?? 0 }),
    }),
  )
  return {
    address,
    parts,
    async makeTables() {
      for (const [database, schema] of [
        ['temporal', 'temporal'],
        ['temporal_visibility', 'visibility'],
      ] as const) {
        const sql = ['--plugin', PLUGIN, '--ep', '127.0.0.1', '-p', String(postgres.port), '-u', postgres.user]
        const place = [...sql, '--db', database]
        await must(programs.sql, [...place, 'create-database'])
        await must(programs.sql, [...place, 'setup-schema', '-v', '0.0'])
        await must(programs.sql, [...place, 'update-schema', '--schema-name', `postgresql/v12/${schema}`])
      }
    },
    async makeNamespace() {
      const words = ['operator', 'namespace', 'create', '-n', 'default', '--retention', '72h', '--address', address]
      let last = ''
      const isMade = await waitFor(
        async () => {
          const { code, stderr, stdout } = await runCommand(options.cli, words, { timeoutMs: 20_000 })
          last = stderr + stdout
          return code === 0 || /already (registered|exists)/i.test(last)
        },
        { limitMs: 90_000, everyMs: 1_000 },
      )
      if (!isMade) throw new Error(`the namespace cannot be made: ${last.trim()}`)
      // Every service polls for new namespaces every few seconds.
      const look = ['workflow', 'list', '-n', 'default', '--address', address]
      await waitFor(async () => (await runCommand(options.cli, look, { timeoutMs: 20_000 })).code === 0, {
        limitMs: 60_000,
      })
    },
  }
}

const DYNAMIC = `
system.enableActivityEagerExecution:
  - value: true
system.enableEagerWorkflowStart:
  - value: true
system.namespaceCacheRefreshInterval:
  - value: 1s
frontend.namespaceRPS:
  - value: 20000
`

function configOf(options: {
  readonly folder: string
  readonly postgres: Postgres
  readonly ports: ReadonlyMap<Service, { readonly rpc: number; readonly member: number }>
  readonly address: string
}): string {
  const { postgres, ports } = options
  const sql = (database: string): object => ({
    sql: {
      pluginName: PLUGIN,
      databaseName: database,
      user: postgres.user,
      password: '',
      connectAddr: `127.0.0.1:${postgres.port}`,
      connectProtocol: 'tcp',
      maxConns: 20,
      maxIdleConns: 20,
      maxConnLifetime: '1h',
    },
  })
  const services = Object.fromEntries(
    [...ports].map(([service, { rpc, member }]) => [
      service,
      { rpc: { grpcPort: rpc, membershipPort: member, bindOnIP: '127.0.0.1' } },
    ]),
  )
  // JSON is valid YAML.
  return JSON.stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: { default: sql('temporal'), visibility: sql('temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services,
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: options.address },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    publicClient: { hostPort: options.address },
    dynamicConfigClient: { filepath: join(options.folder, 'dynamic.yaml'), pollInterval: '10s' },
  })
}

async function must(command: string, words: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await runCommand(command, words, { timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`${command} ${words.at(-1) ?? ''}: ${(stderr + stdout).trim().slice(-500)}`)
}
