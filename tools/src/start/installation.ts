import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ensureWebhookSecret, type KeptSettings, reachableHost } from '@paikea/server/config'
import { besideRoot } from '../services/runtime.ts'
import type { StartFlags } from './flags.ts'
import { serverSettings } from './server-settings.ts'
import type { InstallationPlan, ProgramPlan } from './set-up-talk.ts'

/** Everything determined before the first part starts. */
export interface Installation {
  readonly flags: StartFlags
  readonly config: Config
  readonly webhookSecret: string
  readonly webhookSecretFile: string
  /** What the server gets on top of our own environment. */
  readonly settings: KeptSettings
  readonly folders: { readonly run: string; readonly logs: string }
}

/** Creates the folders and the webhook secret. */
export async function prepareInstallation(flags: StartFlags, config: Config): Promise<Installation> {
  const folders = { run: join(flags.dataFolder, 'run'), logs: join(flags.dataFolder, 'logs') }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  const webhookSecret = await ensureWebhookSecret(config)
  const webhookSecretFile = join(folders.run, 'webhook-secret')
  await writeFile(webhookSecretFile, `${webhookSecret}\n`, { mode: 0o600 })
  return { flags, config, webhookSecret, webhookSecretFile, settings: serverSettings(flags, config), folders }
}

/**
 * The programs that the starter has to run. @param options.wantsToken whether the set-up needs a token to register the
 * demo fleet
 */
export function planInstallation(
  installation: Installation,
  options: { readonly cli: string; readonly wantsToken: boolean },
): InstallationPlan {
  const { flags, folders, settings } = installation
  return {
    dataFolder: flags.dataFolder,
    temporal: {
      cli: options.cli,
      host: flags.temporalHost,
      port: flags.temporalPort,
      uiPort: flags.temporalUiPort,
      databaseFile: join(flags.dataFolder, 'temporal.db'),
      pidFile: join(folders.run, 'temporal.pid'),
      logFile: join(folders.logs, 'temporal.log'),
    },
    server: {
      name: 'server',
      logFile: join(folders.logs, 'server.log'),
      script: besideRoot('@paikea/server', 'main'),
      arguments: ['serve', '--role', 'all', '--data', flags.dataFolder],
      firstArguments: options.wantsToken ? ['--announce-token'] : [],
      env: settings,
    },
    simulator: flags.hasSimulator ? planSimulator(installation) : null,
  }
}

/** The simulated vendor and its devices. */
function planSimulator({ flags, folders, webhookSecretFile }: Installation): ProgramPlan {
  const service = `http://${reachableHost(flags.host)}:${flags.port}`
  return {
    name: 'simulator',
    logFile: join(folders.logs, 'simulator.log'),
    script: besideRoot('@paikea/simulator', 'main'),
    arguments: [
      ...['--port', String(flags.simulatorPort), '--host', flags.simulatorHost],
      ...['--data', join(flags.dataFolder, 'simulator')],
      ...['--webhook-url', service, '--webhook-secret-file', webhookSecretFile],
      ...['--link-url', `ws://${reachableHost(flags.host)}:${flags.devicePort}`],
      ...['--demo-fleet', String(flags.demoFleet)],
    ],
    firstArguments: [],
    env: {},
  }
}
