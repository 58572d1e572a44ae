import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'

const largestLogBytes = 10_000_000
const tailBytes = 4_000

/** Opens a part's log for appending; what grew large is put aside first, one older file is kept. */
export function openLog(file: string): number {
  try {
    if (statSync(file).size > largestLogBytes) {
      rmSync(`${file}.1`, { force: true })
      renameSync(file, `${file}.1`)
    }
  } catch {
    // No log yet.
  }
  return openSync(file, 'a', 0o600)
}

/**
 * The last line of a log that tells something, written since it had `fromByte` bytes: of a structured line the message,
 * of a stack trace its first line.
 */
export function lastTellingLine(file: string, fromByte: number): string {
  const lines = readTail(file, fromByte)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at ') && !/^[\])}]/.test(line) && !line.startsWith('Node.js v'))
  return shorten(messageOf(lines.at(-1) ?? ''))
}

/** How long a log is now. */
export function logSize(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

function readTail(file: string, fromByte: number): string {
  try {
    const size = statSync(file).size
    const start = Math.max(size - tailBytes, Math.min(fromByte, size))
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
  if (!line.startsWith('{')) return line
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && 'msg' in value && typeof value.msg === 'string') return value.msg
  } catch {
    // Not JSON after all.
  }
  return line
}

function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}
