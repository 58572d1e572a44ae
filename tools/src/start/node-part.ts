import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { FINAL_EXIT_CODE, type Part, type PartEnd, type RunningPart } from './part.ts'
import { lastTellingLineOf, openLog, type PartLog } from './part-log.ts'
import { runtimeArguments } from '../services/runtime.ts'
import { StartError } from './start-error.ts'

/** One of our programs: it sends `{type: 'ready'}` once it is up, and ends when the channel to us closes. */
export interface NodePartOptions {
  readonly name: string
  readonly logFile: string
  /** Path of its main module. */
  readonly script: string
  /** Evaluated at every launch. */
  readonly arguments: () => readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly readyWithinMs: number
  /** Receives the `ready` message at every launch. */
  readonly onReady?: (message: Message) => void
  /** Receives later messages. */
  readonly onNews?: (message: Message) => void
}

type Message = Readonly<Record<string, unknown>>

/** Makes a part of one of our own programs. */
export function nodePart(options: NodePartOptions): Part {
  return { name: options.name, logFile: options.logFile, launch: () => launch(options) }
}

async function launch(options: NodePartOptions): Promise<RunningPart> {
  const log = openLog(options.logFile)
  const child = spawn(process.execPath, [...runtimeArguments(), options.script, ...options.arguments()], {
    // Files, not pipes: if we die, its output still has somewhere to go.
    stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
    env: options.env,
  })
  closeSync(log.descriptor)
  const hearing = listenTo(child, options)
  const ended = watchEnd(child, log, hearing.lastWords)
  const ready = await Promise.race([
    hearing.ready,
    ended,
    sleep(options.readyWithinMs, 'late' as const, { ref: false }),
  ])
  if (ready === 'late') {
    child.kill('SIGKILL')
    throw new StartError(
      `${options.name} was not ready within ${options.readyWithinMs / 1000} s; see ${options.logFile}`,
    )
  }
  if (ready !== 'ready') throw new StartError(`${options.name} did not start: ${ready.lastLine || ready.how}`)
  return {
    pid: child.pid ?? null,
    ended,
    kill: () => void child.kill('SIGKILL'),
    async stop(graceMs) {
      child.kill('SIGTERM')
      if ((await Promise.race([ended, sleep(graceMs, 'late' as const, { ref: false })])) === 'late')
        child.kill('SIGKILL')
      await ended
    },
  }
}

/** Resolves when it has ended and all its messages have been received. */
function watchEnd(child: ChildProcess, log: PartLog, lastWords: () => string): Promise<PartEnd> {
  return new Promise((resolve) => {
    const end = (partEnd: PartEnd): void => {
      log.stop()
      resolve(partEnd)
    }
    child.on('error', (error) => end({ how: error.message, lastLine: error.message, isFinal: false }))
    child.on('exit', (code, signal) => {
      const how = signal === null ? `code ${code}` : `signal ${signal}`
      const tell = (): void =>
        end({
          how,
          lastLine: lastTellingLineOf(lastWords()) || log.lastTellingLine(),
          isFinal: code === FINAL_EXIT_CODE,
        })
      if (child.connected) child.once('disconnect', tell)
      else tell()
    })
  })
}

interface Hearing {
  /** Resolves on its `ready`, after `onReady`; later messages are news. */
  readonly ready: Promise<'ready'>
  /** Why it ends, if it knows: sent over the channel too, because a full disk would lose a log. */
  readonly lastWords: () => string
}

function listenTo(child: ChildProcess, { onReady, onNews }: NodePartOptions): Hearing {
  let lastWords = ''
  const ready = new Promise<'ready'>((resolve) => {
    child.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('type' in message)) return
      if (message.type === 'last-words') {
        if ('text' in message && typeof message.text === 'string') lastWords = message.text
      } else if (message.type === 'ready') {
        onReady?.({ ...message })
        resolve('ready')
      } else onNews?.({ ...message })
    })
  })
  return { ready, lastWords: () => lastWords }
}
