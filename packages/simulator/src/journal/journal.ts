import { closeSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'

import { makeFolder } from './make-folder.ts'

/**
 * What the simulated vendor promised, on disk: one JSON record a line, appended and flushed before anybody is told.
 * Records that arrive together are flushed together. At start, and when the file has grown, it is written anew from
 * the state it led to.
 */
export interface Journal<Entry> {
  /** Appends a record; resolves once it is safe from a kill and a power cut. */
  append(record: Entry): Promise<void>
  /** Resolves when nothing is being written. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** A journal that keeps nothing: for tests in virtual time and for a simulator without a data folder. */
export function forgetfulJournal<Entry>(): Journal<Entry> {
  return { append: () => Promise.resolve(), idle: () => Promise.resolve(), close: () => Promise.resolve() }
}

const FILE_NAME = 'journal.jsonl'
const COMPACT_ABOVE_BYTES = 16 * 1024 * 1024

/** Where the journal should be stands something that is no file. */
export class JournalNotAFile extends Error {
  override readonly name = 'JournalNotAFile'
}

/**
 * Opens the journal of a folder: hands each record that is there to `replay`, then writes the file anew from
 * `snapshot` and goes on appending.
 *
 * A last line that was torn by a crash is dropped: nobody was told about it.
 *
 * The folder must be the caller's alone: two journals in one take the file from each other.
 *
 * @throws JournalNotAFile when a folder stands in its place
 * @throws Error when the folder cannot be written, or a line in the middle cannot be read
 */
export async function openJournal<Entry>(options: {
  readonly folder: string
  readonly replay: (record: unknown) => void
  /** The records that lead to the state as it is now. */
  readonly snapshot: () => Iterable<Entry>
  readonly compactAboveBytes?: number
}): Promise<Journal<Entry>> {
  makeFolder(options.folder)
  for (const record of readRecords(path.join(options.folder, FILE_NAME))) options.replay(record)
  const file = new JournalFile(options)
  await file.start()
  return file
}

class JournalFile<Entry> implements Journal<Entry> {
  readonly #folder: string
  readonly #snapshot: () => Iterable<Entry>
  readonly #limitBytes: number
  #handle: FileHandle | null = null
  #sizeBytes = 0
  #waiting: { readonly line: string; readonly done: () => void; readonly failed: (cause: unknown) => void }[] = []
  #writing: Promise<void> | null = null

  constructor(options: { folder: string; snapshot: () => Iterable<Entry>; compactAboveBytes?: number }) {
    this.#folder = options.folder
    this.#snapshot = options.snapshot
    this.#limitBytes = options.compactAboveBytes ?? COMPACT_ABOVE_BYTES
  }

  async start(): Promise<void> {
    await this.#compact()
  }

  append(record: Entry): Promise<void> {
    const line = `${JSON.stringify(record)}\n`
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, done: resolve, failed: reject })
      this.#writing ??= this.#writeAll()
    })
  }

  async idle(): Promise<void> {
    await this.#writing
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#handle?.close()
    this.#handle = null
  }

  async #writeAll(): Promise<void> {
    // What is appended while one batch is being flushed makes the next one.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(batch.map((entry) => entry.line).join(''))
        for (const entry of batch) entry.done()
      } catch (cause) {
        // Half a line may stand there now: the next write starts a fresh file.
        this.#sizeBytes = Infinity
        for (const entry of batch) entry.failed(cause)
      }
    }
    this.#writing = null
  }

  async #write(lines: string): Promise<void> {
    // The state already includes these records: a compaction here writes them, too.
    if (this.#sizeBytes > this.#limitBytes) return this.#compact()
    if (this.#handle === null) throw new Error('the journal is closed')
    const bytes = Buffer.from(lines)
    await this.#handle.appendFile(bytes)
    await this.#handle.datasync()
    this.#sizeBytes += bytes.length
  }

  async #compact(): Promise<void> {
    const file = path.join(this.#folder, FILE_NAME)
    const fresh = `${file}.new`
    this.#sizeBytes = writeDurably(fresh, this.#snapshot())
    renameSync(fresh, file)
    flushFolder(this.#folder)
    await this.#handle?.close()
    this.#handle = await open(file, 'a')
  }
}

function readRecords(file: string): unknown[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return []
    if (codeOf(cause) === 'EISDIR') throw new JournalNotAFile(`${file} is a folder and should be a file`, { cause })
    throw cause
  }
  const lines = text.split('\n')
  // Behind the last line feed stands nothing, or what a crash left of a line.
  lines.pop()
  return lines.map((line, index) => {
    try {
      const record: unknown = JSON.parse(line)
      return record
    } catch (cause) {
      throw new Error(`line ${index + 1} of ${file} cannot be read: restore the file, or remove it to start afresh`, {
        cause,
      })
    }
  })
}

/** Writes all records and flushes; returns the size in bytes. */
function writeDurably(file: string, records: Iterable<unknown>): number {
  const descriptor = openSync(file, 'w')
  try {
    let sizeBytes = 0
    for (const record of records) sizeBytes += writeSync(descriptor, `${JSON.stringify(record)}\n`)
    fsyncSync(descriptor)
    return sizeBytes
  } catch (cause) {
    unlinkSync(file)
    throw cause
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the renaming itself durable; not every file system lets a folder be flushed. */
function flushFolder(folder: string): void {
  let descriptor: number
  try {
    descriptor = openSync(folder, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(descriptor)
  } catch {
    // Windows refuses to flush a folder; the rename is atomic there all the same.
  } finally {
    closeSync(descriptor)
  }
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
}
