import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ensureWebhookSecret, type KeptSettings, reachableHost } from '@paikea/server/config'
import { besideRoot } from '../services/runtime.ts'
import type { StartFlags } from './flags.ts'
import { nodePart } from './node-part.ts'
import type { Part } from './part.ts'
import { serverSettings } from './server-settings.ts'
import { temporalPart } from './temporal-part.ts'

/** Everything that is worked out before the first part starts. */
export interface House {
  readonly flags: StartFlags
  readonly config: Config
  readonly webhookSecret: string
  readonly webhookSecretFile: string
  /** What the server gets over our own environment. */
  readonly settings: KeptSettings
  readonly folders: { readonly run: string; readonly logs: string }
}

/** What the server tells when it is ready. */
export interface ServerReady {
  /** For setting up the demo fleet; only if it was asked for. */
  readonly token: string | null
  readonly newAdmin: { readonly email: string; readonly passwordFile: string | null } | null
  /** Why nobody answers at the database's address; `null` where it answers. */
  readonly databaseAway: string | null
}

const readyWithinMs = 60_000

/** Makes the folders and the webhook secret. */
export async function prepareHouse(flags: StartFlags, config: Config): Promise<House> {
  const folders = { run: join(flags.dataFolder, 'run'), logs: join(flags.dataFolder, 'logs') }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  const webhookSecret = await ensureWebhookSecret(config)
  const webhookSecretFile = join(folders.run, 'webhook-secret')
  await writeFile(webhookSecretFile, `${webhookSecret}\n`, { mode: 0o600 })
  return { flags, config, webhookSecret, webhookSecretFile, settings: serverSettings(flags, config), folders }
}

/** Temporal's development server. */
export function makeTemporal({ flags, folders }: House, cli: string): Part {
  return temporalPart({
    cli,
    host: flags.temporalHost,
    port: flags.temporalPort,
    uiPort: flags.temporalUiPort,
    databaseFile: join(flags.dataFolder, 'temporal.db'),
    pidFile: join(folders.run, 'temporal.pid'),
    logFile: join(folders.logs, 'temporal.log'),
  })
}

/** API and worker in one process. The token is asked for until the server was ready once: one that has to be launched again needs no set-up. */
export function makeServer(
  house: House,
  o: {
    readonly wantsToken: boolean
    onReady(ready: ServerReady): void
    /** The database that was away is back. */
    onDatabaseBack(newAdmin: ServerReady['newAdmin']): void
  },
): Part {
  let { wantsToken } = o
  return nodePart({
    name: 'server',
    logFile: join(house.folders.logs, 'server.log'),
    script: besideRoot('@paikea/server', 'main'),
    arguments: () => [
      ...['serve', '--role', 'all', '--data', house.flags.dataFolder],
      ...(wantsToken ? ['--announce-token'] : []),
    ],
    env: { ...process.env, ...house.settings },
    readyWithinMs,
    onReady(message) {
      wantsToken = false
      o.onReady(readReady(message))
    },
    onNews(message) {
      if (message['type'] === 'database-back') o.onDatabaseBack(readAdmin(message['newAdmin']))
    },
  })
}

/** The simulated vendor and its devices. */
export function makeSimulator({ flags, folders, webhookSecretFile }: House): Part {
  return nodePart({
    name: 'simulator',
    logFile: join(folders.logs, 'simulator.log'),
    script: besideRoot('@paikea/simulator', 'main'),
    arguments: () => [
      ...['--port', String(flags.simulatorPort), '--host', flags.simulatorHost],
      ...['--data', join(flags.dataFolder, 'simulator')],
      ...[
        '--webhook-url',
        `http://${reachableHost(flags.host)}:${flags.port}`,
        '--webhook-secret-file',
        webhookSecretFile,
      ],
      ...['--link-url', `ws://${reachableHost(flags.host)}:${flags.devicePort}`],
      ...['--demo-fleet', String(flags.demoFleet)],
    ],
    env: process.env,
    readyWithinMs,
  })
}

function readReady(message: Readonly<Record<string, unknown>>): ServerReady {
  const { token, newAdmin, databaseAway } = message
  return {
    token: typeof token === 'string' ? token : null,
    newAdmin: readAdmin(newAdmin),
    databaseAway: typeof databaseAway === 'string' ? databaseAway : null,
  }
}

function readAdmin(value: unknown): ServerReady['newAdmin'] {
  if (typeof value !== 'object' || value === null || !('email' in value) || typeof value.email !== 'string') return null
  const file = 'passwordFile' in value ? value.passwordFile : null
  return { email: value.email, passwordFile: typeof file === 'string' ? file : null }
}
