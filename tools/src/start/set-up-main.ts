/**
 * The set-up: a separate process that the starter launches and that ends once everything runs. It reads flags and
 * environment, finds Temporal, registers the demo fleet and prints where to look. The memory for that is released with
 * it; the starter, which lives as long as the system, only keeps processes alive.
 */
import { ConfigError, keepSettings, loadConfig } from '@paikea/server/config'
import { temporalCli } from '../binaries/binary-spec.ts'
import { BinaryNotFoundError, findBinary } from '../binaries/find-binary.ts'
import { describeInstallation } from './banner.ts'
import { isEmpty, planDemo, registerDemo } from './demo.ts'
import { parseFlags, type StartFlags, startHelp } from './flags.ts'
import { planInstallation, prepareInstallation } from './installation.ts'
import { checkPorts } from './ports.ts'
import { makeFilesPrivate } from './private-files.ts'
import type { SetUpSays, StarterSays } from './set-up-talk.ts'
import { StartError } from './start-error.ts'
import { describeUnused } from './unused-variables.ts'

/** Parts of a killed start end on their own within this time. */
const PREDECESSOR_ENDS_WITHIN_MS = 15_000

// The starter stops its parts in order; Ctrl-C reaches us too, but is the starter's to handle.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit(1))
// The reader of our output may be gone: no reason to die midway.
process.stdout.on('error', () => undefined)

try {
  const workingFolder = process.env['INIT_CWD'] ?? process.cwd()
  const flags = parseFlags(process.argv.slice(2), workingFolder, () => loadConfig(process.env).variables)
  if (flags === null) process.stdout.write(startHelp)
  else await setUp(flags)
  process.removeAllListeners('disconnect')
  process.disconnect()
} catch (error) {
  await tell({ type: 'failed', text: describe(error) })
  process.exit(1)
}

async function setUp(flags: StartFlags): Promise<void> {
  const config = loadConfig({ ...process.env, PAIKEA_DATA: flags.dataFolder })
  for (const line of describeUnused(flags, config)) say(line)
  makeFilesPrivate()
  const { wasAbandoned } = await ask({ type: 'hold', dataFolder: flags.dataFolder }, 'held')
  const installation = await prepareInstallation(flags, config)
  await checkPorts(flags, wasAbandoned ? PREDECESSOR_ENDS_WITHIN_MS : 0)
  // `doctor` runs separately, and has to know what the server was given.
  await keepSettings(flags.dataFolder, installation.settings)
  const cli = await findBinary(temporalCli, { onProgress: (line) => say(`${line} …`) })
  const demo = planDemo(installation)
  say(flags.hasSimulator ? 'starting Temporal, server and simulator …' : 'starting Temporal and server …')
  const plan = planInstallation(installation, { cli, wantsToken: !isEmpty(demo) })
  const { ready } = await ask({ type: 'plan', plan }, 'server-ready')
  if (!isEmpty(demo) && ready.token !== null) await registerDemo(installation, demo, ready.token)
  const up = await ask({ type: 'registered' }, 'up')
  process.stdout.write(`\n${describeInstallation(installation, up.ready, { seconds: up.seconds })}`)
}

async function ask<Type extends StarterSays['type']>(
  words: SetUpSays,
  type: Type,
): Promise<Extract<StarterSays, { type: Type }>> {
  const answer = new Promise<Extract<StarterSays, { type: Type }>>((resolve) => {
    const listen = (message: StarterSays): void => {
      if (message.type !== type) return
      process.off('message', listen)
      // Identified by its type; the starter is of our own version.
      resolve(message as Extract<StarterSays, { type: Type }>)
    }
    process.on('message', listen)
  })
  await tell(words)
  return answer
}

/** Resolves once it is sent: exiting earlier would lose it. */
function tell(words: SetUpSays): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(words, undefined, undefined, () => resolve())
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One line for what the user can fix; the whole error for what should not happen. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isExpected = error instanceof StartError || error instanceof ConfigError || error instanceof BinaryNotFoundError
  return isExpected ? error.message : (error.stack ?? error.message)
}
