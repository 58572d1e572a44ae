import { spawn, type ChildProcess } from 'node:child_process'
import { FirmwareError } from '../failure.ts'
import { readAdvertisement } from './advertisement.ts'
import { createByteReader, type ByteReader } from './byte-reader.ts'
import { createIdleTimer } from './idle-timer.ts'
import { FLUSH } from './pkt-line.ts'
import type { SessionOptions, UploadPackSession } from './session.ts'

/** A program that speaks the `git upload-pack` protocol on its standard streams. */
export interface ChildCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Explains in plain words why it ended this way; `stderr` is its error output. */
  explain(exit: { readonly code: number | null; readonly stderr: string }): FirmwareError
  /** The program itself is not installed. */
  missing(): FirmwareError
}

const MAX_STDERR_CHARACTERS = 8000
const GRACE_AFTER_END_MS = 5000
/** If the output is not a list, how much of it to read while waiting for the program to exit. */
const MAX_GREETING_BYTES = 1_000_000

/**
 * Starts the program, reads its list, and keeps it running for the request: with one process, list and pack reflect the
 * same moment.
 *
 * @throws {FirmwareError}
 */
export async function openChildSession(command: ChildCommand, options: SessionOptions): Promise<UploadPackSession> {
  const { limits, signal } = options
  signal.throwIfAborted()
  const child = spawn(command.program, [...command.args], {
    env: command.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group: children of `git` end with it.
    detached: true,
  })
  let failure: Error | null = null
  let stderr = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_CHARACTERS)
  })
  // A dead program does not read its input: its exit says why.
  child.stdin.on('error', () => undefined)
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code === 'ENOENT' ? command.missing() : error
      resolve(null)
    })
    child.once('close', (code) => resolve(code))
  })
  // Its exit is reported only after its streams have ended, which never happens while unread bytes are buffered in
  // them.
  const cut = (): void => {
    killGroup(child)
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  }
  const stop = (why: unknown): void => {
    failure ??= toError(why)
    cut()
  }
  const idle = createIdleTimer((limitMs) => stop(silent(limitMs, hasSpoken)))
  let hasSpoken = false
  const onAbort = (): void => stop(signal.reason)
  signal.addEventListener('abort', onAbort)

  async function* output(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of child.stdout as AsyncIterable<Buffer>) {
        hasSpoken = true
        idle.touch(limits.idleMs)
        yield piece
      }
    } catch (error) {
      failure ??= toError(error)
    }
    idle.touch(GRACE_AFTER_END_MS)
    const code = await exited
    idle.stop()
    if (failure !== null) throw failure
    if (code !== 0) throw command.explain({ code, stderr })
  }

  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', onAbort)
    failure ??= new DOMException('closed', 'AbortError')
    cut()
    await exited
    idle.stop()
  }

  idle.touch(limits.connectMs)
  const reader = createByteReader(output())
  try {
    const advertisement = await readOrExplain(reader, limits.refs)
    idle.touch(limits.idleMs)
    const { capabilities } = advertisement
    return {
      advertisement,
      givesAnyCommit: capabilities.has('allow-reachable-sha1-in-want') || capabilities.has('allow-any-sha1-in-want'),
      request(body) {
        idle.touch(limits.idleMs)
        child.stdin.end(body)
        return reader
      },
      async close() {
        // Politely ends a conversation without a request.
        if (child.stdin.writable) child.stdin.end(FLUSH)
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** If a program ends without a list, its exit explains why, rather than the missing list. */
async function readOrExplain(reader: ByteReader, maxRefs: number): ReturnType<typeof readAdvertisement> {
  try {
    return await readAdvertisement(reader, maxRefs)
  } catch (error) {
    if (error instanceof FirmwareError && error.code === 'not-a-repository') await reader.read(MAX_GREETING_BYTES)
    throw error
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

function silent(limitMs: number, hasSpoken: boolean): FirmwareError {
  const seconds = Math.round(limitMs / 1000)
  return hasSpoken
    ? new FirmwareError('transfer-stalled', 'retry', `The transfer stalled for ${seconds} s.`, {
        whatToDo: 'It is retried automatically. If it persists, check the git server and the network in between.',
      })
    : new FirmwareError('host-silent', 'retry', `The host did not answer within ${seconds} s.`, {
        whatToDo: 'It is retried automatically. If it persists, check that the git server is running.',
      })
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
