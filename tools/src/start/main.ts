import { ConfigError, keepSettings, loadConfig } from '@paikea/server/config'
import { temporalCli } from '../binaries/binary-spec.ts'
import { BinaryNotFoundError, findBinary } from '../binaries/find-binary.ts'
import { describeHouse, logIn, withoutDatabase } from './banner.ts'
import { takeDataFolder } from './data-folder.ts'
import { isEmpty, planDemo, registerDemo } from './demo.ts'
import { parseFlags, type StartFlags, startHelp } from './flags.ts'
import type { FolderLock } from './folder-lock.ts'
import { type House, makeServer, makeSimulator, makeTemporal, prepareHouse, type ServerReady } from './house.ts'
import { watchParent } from './parent-watch.ts'
import { checkPorts } from './ports.ts'
import { keepFilesPrivate, makeFilesPrivate } from './private-files.ts'
import { StartError } from './start-error.ts'
import { Supervisor } from './supervisor.ts'
import { describeUnused } from './unused-variables.ts'

/** Parts of a start that was killed end by themselves within this time. */
const predecessorEndsWithinMs = 15_000
const startedAt = Date.now() - process.uptime() * 1000

// Whoever read our lines may be gone: that is no reason to die in the middle.
process.stdout.on('error', () => undefined)

/** A terminal signals the whole group, and npm passes on what it gets: the same Ctrl-C comes more than once. */
const sameSignalMs = 1_000

try {
  const workingFolder = process.env['INIT_CWD'] ?? process.cwd()
  const flags = parseFlags(process.argv.slice(2), workingFolder, () => loadConfig(process.env).variables)
  if (flags === null) process.stdout.write(startHelp)
  else await start(flags)
} catch (error) {
  fail(error)
}

async function start(flags: StartFlags): Promise<void> {
  const config = loadConfig({ ...process.env, PAIKEA_DATA: flags.dataFolder })
  for (const line of describeUnused(flags, config)) say(line)
  makeFilesPrivate()
  const lock = await takeDataFolder(flags.dataFolder)
  await keepFilesPrivate(flags.dataFolder)
  const supervisor = new Supervisor({ say })
  let end: (error: unknown) => void = () => undefined
  const ended = new Promise<unknown>((resolve) => {
    end = resolve
  })
  listenForSignals(supervisor, () => end(null))
  // Set by `npm` and by `deno task`; a starter run by hand may well outlive its shell.
  if (process.env['INIT_CWD'] !== undefined) watchParent(() => end(null))
  void supervisor.failure.then(end)
  run(await prepareHouse(flags, config), lock, supervisor).catch(end)
  const reason = await ended
  if (reason === null) say('stopping …')
  await supervisor.stop()
  await lock.release()
  if (reason !== null) fail(reason)
  say('stopped')
  process.exit(0)
}

/** Brings the parts up: Temporal and the server side by side, then the simulator, which talks to the server. */
async function run(house: House, lock: FolderLock, supervisor: Supervisor): Promise<void> {
  const { flags } = house
  await checkPorts(flags, lock.wasAbandoned ? predecessorEndsWithinMs : 0)
  // `doctor` runs without us, and has to know what the server was given.
  await keepSettings(flags.dataFolder, house.settings)
  const cli = await findBinary(temporalCli, { onProgress: (line) => say(`${line} …`) })
  const plan = planDemo(house)
  let ready: ServerReady = { token: null, newAdmin: null, databaseAway: null }
  let isUp = false
  say(flags.hasSimulator ? 'starting Temporal, server and simulator …' : 'starting Temporal and server …')
  const server = makeServer(house, {
    wantsToken: !isEmpty(plan),
    onReady(message) {
      ready = keepFirst(ready, message)
      if (isUp && message.databaseAway !== null) say(withoutDatabase(message.databaseAway))
    },
    onDatabaseBack(newAdmin) {
      ready = keepFirst(ready, { ...ready, databaseAway: null, newAdmin })
      if (!isUp) return
      say('the database is back')
      if (newAdmin !== null) for (const line of logIn(house, { newAdmin })) say(line)
    },
  })
  await Promise.all([supervisor.add(makeTemporal(house, cli)), supervisor.add(server)])
  if (!isEmpty(plan) && ready.token !== null) await registerDemo(house, plan, ready.token)
  if (flags.hasSimulator) await supervisor.add(makeSimulator(house))
  isUp = true
  process.stdout.write(`\n${describeHouse(house, ready, { seconds: (Date.now() - startedAt) / 1000 })}`)
}

/** A server that was started again meanwhile has made neither administrator nor token: the first word about them counts. */
function keepFirst(before: ServerReady, now: ServerReady): ServerReady {
  return { ...now, token: now.token ?? before.token, newAdmin: before.newAdmin ?? now.newAdmin }
}

/** The first signal stops in order; a second one, given on purpose, at once. */
function listenForSignals(supervisor: Supervisor, stop: () => void): void {
  let stoppingSince: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSince === null) {
        stoppingSince = performance.now()
        stop()
      } else if (performance.now() - stoppingSince > sameSignalMs) {
        supervisor.kill()
        process.exit(1)
      }
    })
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One line for what can be put right; the whole error for what should not happen. */
function fail(error: unknown): never {
  const isExpected = error instanceof StartError || error instanceof ConfigError || error instanceof BinaryNotFoundError
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
