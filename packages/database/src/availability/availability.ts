import { NotPreparedError } from '../connection/errors.ts'
import type { Database } from '../database.ts'
import { whyNotWritable, type WriteFault } from './why-not-writable.ts'

/** Whether the database takes writes, as far as is known. */
export interface AvailabilityState {
  readonly isUp: boolean
  /** `null` while it is up. */
  readonly reason: WriteFault | null
  readonly since: Date
}

/** The single state of the database in a process: code that meets a failure reports it, other code reads it or subscribes. */
export interface Availability {
  readonly state: AvailabilityState
  /** The same database; before `prepared()` it takes no writes. Reads go through. */
  readonly db: Database
  /** Its tables are known to be those of this version. */
  prepared(): void
  /** A write failed: the database counts as down, and is probed until it takes one. */
  failed(error: unknown): void
  /** It was just written. */
  written(): void
  /** Called at every change; answers how to end that. */
  subscribe(listener: (state: AvailabilityState) => void): () => void
}

/** How often a database that is down is probed. */
const PROBE_EVERY_MS = 250

/**
 * Keeps the state of a database, so that nobody waits for one that is known to be down, and probes it until it takes
 * writes again. A probe has to write: of a database that is locked or full, a read would say that it is back, and the
 * next message would find out.
 *
 * @param options.isPrepared false: the tables have not been looked at, and nothing is written before `prepared()` @default true
 */
export function createAvailability(db: Database, options: { readonly isPrepared?: boolean } = {}): Availability {
  const listeners = new Set<(state: AvailabilityState) => void>()
  let { isPrepared = true } = options
  let state: AvailabilityState = { isUp: true, reason: null, since: new Date() }
  let timer: NodeJS.Timeout | undefined

  const gated = gate(db, () => isPrepared)

  function change(reason: WriteFault | null): void {
    state = { isUp: reason === null, reason, since: new Date() }
    for (const listener of listeners) listener(state)
  }

  function goDown(error: unknown): void {
    if (!state.isUp) return
    change(whyNotWritable(error))
    probeSoon()
  }

  function goUp(): void {
    if (state.isUp) return
    clearTimeout(timer)
    change(null)
  }

  function probeSoon(): void {
    timer = setTimeout(() => void probe(), PROBE_EVERY_MS)
    timer.unref()
  }

  async function probe(): Promise<void> {
    const isBack = await gated.tryWrite().then(
      () => true,
      () => false,
    )
    if (state.isUp) return
    if (isBack) goUp()
    else probeSoon()
  }

  if (!isPrepared) goDown(notPrepared())
  return {
    get state() {
      return state
    },
    db: gated,
    prepared() {
      isPrepared = true
    },
    failed: goDown,
    written: goUp,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The database, whose writes fail until `isOpen` says otherwise. */
function gate(db: Database, isOpen: () => boolean): Database {
  const checkOpen = (): void => {
    if (!isOpen()) throw notPrepared()
  }
  return {
    ...db,
    async tryWrite() {
      checkOpen()
      return db.tryWrite()
    },
    async write(work) {
      checkOpen()
      return db.write(work)
    },
    async writeStatements(work) {
      checkOpen()
      return db.writeStatements(work)
    },
  }
}

function notPrepared(): NotPreparedError {
  return new NotPreparedError('the tables have not been checked yet')
}
