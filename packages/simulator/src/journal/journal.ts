import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

import { makeFolder } from './make-folder.ts'
import { FileInUse, openSqliteFile, type SqliteFile } from './sqlite-file.ts'

/**
 * Durable record of what the simulated vendor has promised: records in a SQLite file, flushed before anyone is told.
 * Records that arrive together share a transaction. On start, and when it has grown, the file is compacted to the
 * records of the present state.
 */
export interface Journal<Entry> {
  /** Appends a record; resolves once it survives a kill and a power cut. */
  append(record: Entry): Promise<void>
  close(): Promise<void>
}

/** A journal that keeps nothing: for tests in virtual time, and for a simulator without a data folder. */
export function forgetfulJournal<Entry>(): Journal<Entry> {
  return { append: () => Promise.resolve(), close: () => Promise.resolve() }
}

const FILE_NAME = 'journal.db'
/** The file of earlier versions, with one JSON record per line. */
const EARLIER_FILE_NAME = 'journal.jsonl'
const COMPACT_ABOVE_RECORDS = 50_000
const TABLES = 'CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, record TEXT NOT NULL)'
const INSERT = 'INSERT INTO records (record) SELECT value FROM json_each(?)'

const rowsSchema = z.array(z.object({ record: z.string() }))

/** A running simulator uses the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

/** The journal cannot be used as it is; the message is for whoever started the simulator. */
export class JournalUnusable extends Error {
  override readonly name = 'JournalUnusable'
}

/**
 * Opens a folder's journal exclusively: passes each existing record to `replay`, then rewrites the file from `snapshot`
 * and continues to append.
 *
 * @throws FolderInUse if a running simulator has it, in this process or another
 * @throws JournalUnusable if the file cannot be read or written
 */
export async function openJournal<Entry>(options: {
  readonly folder: string
  readonly replay: (record: unknown) => void
  /** The records that lead to the present state. */
  readonly snapshot: () => Iterable<Entry>
  readonly compactAboveRecords?: number
}): Promise<Journal<Entry>> {
  makeFolder(options.folder)
  const file = await openFile(options.folder)
  try {
    for (const record of await readRecords(file, options.folder)) options.replay(record)
    const journal = new SqliteJournal({ ...options, file })
    await journal.start()
    rmSync(path.join(options.folder, EARLIER_FILE_NAME), { force: true })
    return journal
  } catch (cause) {
    await file.close()
    throw cause
  }
}

async function openFile(folder: string): Promise<SqliteFile> {
  const file = path.join(folder, FILE_NAME)
  if (existsSync(file) && statSync(file).isDirectory())
    throw new JournalUnusable(`${file} is a folder and should be a file`)
  try {
    return await openSqliteFile(file, TABLES)
  } catch (cause) {
    if (cause instanceof FileInUse)
      throw new FolderInUse(`the folder ${folder} is in use by another simulator`, { cause })
    throw new JournalUnusable(`${file} cannot be used (${String(cause)})`, { cause })
  }
}

class SqliteJournal<Entry> implements Journal<Entry> {
  readonly #file: SqliteFile
  readonly #snapshot: () => Iterable<Entry>
  readonly #limit: number
  #count = 0
  #waiting: { readonly json: string; readonly done: () => void; readonly failed: (cause: unknown) => void }[] = []
  #writing: Promise<void> | null = null

  constructor(options: { file: SqliteFile; snapshot: () => Iterable<Entry>; compactAboveRecords?: number }) {
    this.#file = options.file
    this.#snapshot = options.snapshot
    this.#limit = options.compactAboveRecords ?? COMPACT_ABOVE_RECORDS
  }

  start(): Promise<void> {
    return this.#compact()
  }

  append(record: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ json: JSON.stringify(record), done: resolve, failed: reject })
      this.#writing ??= this.#writeAll()
    })
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  async #writeAll(): Promise<void> {
    // Records appended while one batch is being flushed form the next.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(batch.map((entry) => entry.json))
        for (const entry of batch) entry.done()
      } catch (cause) {
        // The state includes these records anyway: the next write rewrites everything.
        this.#count = Infinity
        for (const entry of batch) entry.failed(cause)
      }
    }
    this.#writing = null
  }

  async #write(records: readonly string[]): Promise<void> {
    // The state already includes these records: compacting now writes them too.
    if (this.#count > this.#limit) return this.#compact()
    await this.#file.run(INSERT, [JSON.stringify(records)])
    this.#count += records.length
  }

  async #compact(): Promise<void> {
    const records = Array.from(this.#snapshot(), (record) => JSON.stringify(record))
    await this.#file.run('BEGIN IMMEDIATE')
    try {
      await this.#file.run('DELETE FROM records')
      await this.#file.run(INSERT, [JSON.stringify(records)])
      await this.#file.run('COMMIT')
    } catch (cause) {
      // A full disk may already have rolled it back.
      await this.#file.run('ROLLBACK').catch(() => undefined)
      throw cause
    }
    this.#count = 0
  }
}

/** The records of the file, preceded by those of an earlier version's. */
async function readRecords(file: SqliteFile, folder: string): Promise<unknown[]> {
  const rows = rowsSchema.parse(await file.all('SELECT record FROM records ORDER BY id'))
  return [...readEarlier(path.join(folder, EARLIER_FILE_NAME)), ...rows.map(({ record }) => JSON.parse(record))]
}

function readEarlier(file: string): unknown[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // After the last newline comes nothing, or what a crash left of a line.
  lines.pop()
  return lines.map((line, index): unknown => {
    try {
      return JSON.parse(line)
    } catch (cause) {
      throw new JournalUnusable(`line ${index + 1} of ${file} cannot be read`, { cause })
    }
  })
}
