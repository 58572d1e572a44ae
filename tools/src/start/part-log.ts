import { closeSync, ftruncateSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { devNull } from 'node:os'

/** The log of one launch of a part: the part writes to the descriptor itself; we keep the file small. */
export interface PartLog {
  /** For appending to the file; whoever opened the log closes it once the part has it. */
  readonly descriptor: number
  /** Appends output that a part passes to us, or drops it if the disk is full. */
  write(chunk: Buffer): void
  /**
   * The last meaningful line written in this launch: the message of a structured line, the first line of a stack trace.
   */
  lastTellingLine(): string
  /** Stops checking the size; call it when the part has ended. */
  stop(): void
}

/** Limits on a log's size. */
export interface LogBounds {
  /**
   * A larger log is rotated; of one more than twice as large, only this much from its end is kept. @default 10_000_000
   */
  readonly largestBytes?: number
  /** @default 5_000 */
  readonly lookEveryMs?: number
}

const TAIL_BYTES = 4_000
const CHUNK_BYTES = 1_000_000

/** Opens a part's log. A large log is rotated, before and while the part runs; one older file, `.1`, is kept. */
export function openLog(file: string, { largestBytes = 10_000_000, lookEveryMs = 5_000 }: LogBounds = {}): PartLog {
  putAsideWhenLarge(file, largestBytes)
  const descriptor = openForAppending(file)
  // Where this launch's lines begin in this file, or after rotation in the other.
  let begin = sizeOf(file)
  let beginAside: number | null = null
  const timer = setInterval(() => {
    const dropped = putAsideWhenLarge(file, largestBytes)
    if (dropped === null) return
    beginAside = Math.max(0, begin - dropped)
    begin = 0
  }, lookEveryMs)
  timer.unref()
  return {
    descriptor,
    write(chunk) {
      try {
        writeSync(descriptor, chunk)
      } catch {
        // The part goes on without this line.
      }
    },
    lastTellingLine() {
      const older = beginAside === null ? '' : readTail(asideOf(file), beginAside)
      return lastTellingLineOf(older + readTail(file, begin))
    },
    stop: () => clearInterval(timer),
  }
}

/**
 * A part without a log is better than no part: if the file cannot be created, as on a full disk, output is discarded.
 */
function openForAppending(file: string): number {
  try {
    return openSync(file, 'a', 0o600)
  } catch {
    return openSync(devNull, 'a')
  }
}

/**
 * Rotates a large log by copying and truncating it. Not by renaming: the part would go on writing to the renamed file.
 * After truncation it continues at the new end, because its descriptor appends.
 *
 * @returns how many bytes at the beginning were dropped; `null` if nothing was rotated
 */
function putAsideWhenLarge(file: string, largestBytes: number): number | null {
  const size = sizeOf(file)
  if (size <= largestBytes) return null
  const dropped = size > 2 * largestBytes ? size - largestBytes : 0
  try {
    copyAndEmpty(file, dropped, largestBytes)
    return dropped
  } catch {
    // No space left, for one: leave the log until the next check.
    return null
  }
}

function copyAndEmpty(file: string, start: number, largestBytes: number): void {
  const from = openSync(file, 'r+')
  try {
    const to = openSync(asideOf(file), 'w', 0o600)
    try {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      // Copies to the very end, including what is written meanwhile: only what comes between the last read and the
      // truncation is lost. Bounded, because a part that writes faster than this copies must not hold us for ever.
      for (let copied = 0; copied < 3 * largestBytes;) {
        const count = readSync(from, chunk, 0, chunk.length, start + copied)
        if (count === 0) break
        writeFileSync(to, chunk.subarray(0, count))
        copied += count
      }
      ftruncateSync(from)
    } finally {
      closeSync(to)
    }
  } finally {
    closeSync(from)
  }
}

function asideOf(file: string): string {
  return `${file}.1`
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/** The last meaningful line of a part's output: the message and error of a structured line. */
export function lastTellingLineOf(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at ') && !/^[\])}]/.test(line) && !line.startsWith('Node.js v'))
  return shorten(messageOf(lines.at(-1) ?? ''))
}

function readTail(file: string, fromByte: number): string {
  try {
    const size = statSync(file).size
    const start = Math.max(size - TAIL_BYTES, Math.min(fromByte, size))
    const buffer = Buffer.alloc(size - start)
    const descriptor = openSync(file, 'r')
    try {
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, start))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}

function messageOf(line: string): string {
  const fields = line.startsWith('{') ? fieldsOfJson(line) : fieldsOfPairs(line)
  const { msg, error } = fields ?? {}
  if (typeof msg !== 'string') return line
  return typeof error === 'string' && error !== '' ? `${msg}: ${error}` : msg
}

function fieldsOfJson(line: string): { readonly msg?: unknown; readonly error?: unknown } | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? value : null
  } catch {
    // Not JSON after all.
    return null
  }
}

/** `time=… level=ERROR msg="…" error="…"`, as Temporal writes. */
function fieldsOfPairs(line: string): Readonly<Record<string, string>> | null {
  if (!line.startsWith('time=')) return null
  const pairs = line.matchAll(/(?:^| )(msg|error)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)
  return Object.fromEntries([...pairs].map(([, name = '', quoted, bare = '']) => [name, quoted ?? bare]))
}

/** Keeps both ends: a message often starts with what was tried and ends with what went wrong. */
function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 120)} … ${line.slice(-180)}` : line
}
