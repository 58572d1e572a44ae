/**
 * The starter. It lives as long as the system does and is kept small: reading flags, finding programs and registering
 * the demo fleet are done by a separate set-up process (`set-up-main.ts`), which ends once everything runs.
 */
import { logIn, withoutDatabase } from './database-words.ts'
import { takeDataFolder } from './data-folder.ts'
import type { FolderLock } from './folder-lock.ts'
import { nodePart } from './node-part.ts'
import { watchParent } from './parent-watch.ts'
import { keepFilesPrivate, makeFilesPrivate } from './private-files.ts'
import { readAdmin, readReady } from './server-news.ts'
import { type SetUp, startSetUp } from './set-up.ts'
import type { InstallationPlan, ProgramPlan, ServerReady } from './set-up-talk.ts'
import { StartError } from './start-error.ts'
import { Supervisor } from './supervisor.ts'
import { temporalPart } from './temporal-part.ts'

const startedAt = Date.now() - process.uptime() * 1000
const READY_WITHIN_MS = 60_000
/**
 * A terminal signals the whole process group, and npm forwards what it gets: the same Ctrl-C arrives more than once.
 */
const SAME_SIGNAL_MS = 1_000

// The reader of our output may be gone: no reason to die midway.
process.stdout.on('error', () => undefined)
makeFilesPrivate()

const setUp = startSetUp(process.argv.slice(2))
try {
  const request = await setUp.next('hold')
  if (request !== null) await start(request.dataFolder)
} catch (error) {
  fail(error)
}

async function start(dataFolder: string): Promise<void> {
  const lock = await takeDataFolder(dataFolder)
  await keepFilesPrivate(dataFolder)
  const supervisor = new Supervisor({ say })
  let end: (error: unknown) => void = () => undefined
  const ended = new Promise<unknown>((resolve) => {
    end = resolve
  })
  listenForSignals(supervisor, () => end(null))
  // Set by `npm` and by `deno task`; a starter run by hand may well outlive its shell.
  if (process.env['INIT_CWD'] !== undefined) watchParent(() => end(null))
  void supervisor.failure.then(end)
  run(lock, supervisor).catch(end)
  const reason = await ended
  if (reason === null) say('stopping …')
  setUp.kill()
  await supervisor.stop()
  await lock.release()
  if (reason !== null) fail(reason)
  say('stopped')
  process.exit(0)
}

/** Starts the parts: Temporal and the server in parallel, then the simulator, which talks to the server. */
async function run(lock: FolderLock, supervisor: Supervisor): Promise<void> {
  setUp.tell({ type: 'held', wasAbandoned: lock.wasAbandoned })
  const { plan } = await hear(setUp, 'plan')
  let ready: ServerReady = { token: null, newAdmin: null, databaseAway: null }
  let isUp = false
  const server = serverPart(plan, {
    onReady(message) {
      ready = keepFirst(ready, message)
      if (isUp && message.databaseAway !== null) say(withoutDatabase(message.databaseAway))
    },
    onDatabaseBack(newAdmin) {
      ready = keepFirst(ready, { ...ready, databaseAway: null, newAdmin })
      if (!isUp) return
      say('the database is back')
      if (newAdmin !== null) for (const line of logIn(plan, { newAdmin })) say(line)
    },
  })
  await Promise.all([supervisor.add(temporalPart(plan.temporal)), supervisor.add(server)])
  setUp.tell({ type: 'server-ready', ready })
  await hear(setUp, 'registered')
  if (plan.simulator !== null) await supervisor.add(programPart(plan.simulator))
  isUp = true
  setUp.tell({ type: 'up', ready, seconds: (Date.now() - startedAt) / 1000 })
  await setUp.ended
}

async function hear<Type extends 'plan' | 'registered'>(from: SetUp, type: Type) {
  const words = await from.next(type)
  if (words === null) throw new StartError('the set-up ended before everything was running')
  return words
}

function programPart(plan: ProgramPlan) {
  return nodePart({
    name: plan.name,
    logFile: plan.logFile,
    script: plan.script,
    readyWithinMs: READY_WITHIN_MS,
    arguments: () => plan.arguments,
    env: { ...process.env, ...plan.env },
  })
}

/** API and worker in one process. */
function serverPart(
  { server }: InstallationPlan,
  options: {
    onReady(ready: ServerReady): void
    /** The database is available again. */
    onDatabaseBack(newAdmin: ServerReady['newAdmin']): void
  },
) {
  let isFirst = true
  return nodePart({
    name: server.name,
    logFile: server.logFile,
    script: server.script,
    readyWithinMs: READY_WITHIN_MS,
    arguments: () => [...server.arguments, ...(isFirst ? server.firstArguments : [])],
    env: { ...process.env, ...server.env },
    onReady(message) {
      isFirst = false
      options.onReady(readReady(message))
    },
    onNews(message) {
      if (message['type'] === 'database-back') options.onDatabaseBack(readAdmin(message['newAdmin']))
    },
  })
}

/**
 * A server that was restarted meanwhile has created neither administrator nor token: the first message about them
 * counts.
 */
function keepFirst(before: ServerReady, now: ServerReady): ServerReady {
  return { ...now, token: now.token ?? before.token, newAdmin: before.newAdmin ?? now.newAdmin }
}

/** The first signal stops in order; a second, deliberate one kills at once. */
function listenForSignals(supervisor: Supervisor, stop: () => void): void {
  let stoppingSince: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSince === null) {
        stoppingSince = performance.now()
        stop()
      } else if (performance.now() - stoppingSince > SAME_SIGNAL_MS) {
        supervisor.kill()
        process.exit(1)
      }
    })
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One line for what the user can fix; the whole error for what should not happen. */
function fail(error: unknown): never {
  const text =
    error instanceof StartError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
