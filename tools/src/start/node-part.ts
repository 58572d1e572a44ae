import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { finalExitCode, type Part, type PartEnd, type RunningPart } from './part.ts'
import { lastTellingLineOf, openLog, type PartLog } from './part-log.ts'
import { runtimeArguments } from '../services/runtime.ts'
import { StartError } from './start-error.ts'

/** A program of ours: it tells by `{type: 'ready'}` that it is up, and ends when the channel to us closes. */
export interface NodePartOptions {
  readonly name: string
  readonly logFile: string
  /** Path of its main module. */
  readonly script: string
  /** Asked for at every launch. */
  readonly arguments: () => readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly readyWithinMs: number
  /** Gets what came with `ready`, at every launch. */
  readonly onReady?: (message: Message) => void
  /** Gets what it tells afterwards. */
  readonly onNews?: (message: Message) => void
}

type Message = Readonly<Record<string, unknown>>

/** Makes a part of one of our own programs. */
export function nodePart(o: NodePartOptions): Part {
  return { name: o.name, logFile: o.logFile, launch: () => launch(o) }
}

async function launch(o: NodePartOptions): Promise<RunningPart> {
  const log = openLog(o.logFile)
  const child = spawn(process.execPath, [...runtimeArguments(), o.script, ...o.arguments()], {
    // Files, not pipes: what it writes while we die has somewhere to go.
    stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
    env: o.env,
  })
  closeSync(log.descriptor)
  const hearing = listenTo(child, o)
  const ended = watchEnd(child, log, hearing.lastWords)
  const ready = await Promise.race([hearing.ready, ended, sleep(o.readyWithinMs, 'late' as const, { ref: false })])
  if (ready === 'late') {
    child.kill('SIGKILL')
    throw new StartError(`${o.name} was not ready within ${o.readyWithinMs / 1000} s; see ${o.logFile}`)
  }
  if (ready !== 'ready') throw new StartError(`${o.name} did not start: ${ready.lastLine || ready.how}`)
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

/** Resolves when it has ended and everything it told was heard. */
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
        end({ how, lastLine: lastTellingLineOf(lastWords()) || log.lastTellingLine(), isFinal: code === finalExitCode })
      if (child.connected) child.once('disconnect', tell)
      else tell()
    })
  })
}

interface Hearing {
  /** Resolves at its `ready`, after `onReady`; whatever it tells later is news. */
  readonly ready: Promise<'ready'>
  /** Why it ends, where it knows: told by the channel too, as a log on a full disk takes no words. */
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
