import { NotPreparedError } from '../connection/errors.ts'
import type { Database } from '../database.ts'
import { whyNotWritable, type WriteFault } from './why-not-writable.ts'

/** Whether the database accepts writes, as far as is known. */
export interface AvailabilityState {
  readonly isUp: boolean
  /** `null` while it is up. */
  readonly reason: WriteFault | null
  readonly since: Date
}

/**
 * A process's single view of the database's state: code that meets a failure reports it, other code reads it or
 * subscribes.
 */
export interface Availability {
  readonly state: AvailabilityState
  /** The same database; refuses writes before `prepared()`. Reads pass. */
  readonly db: Database
  /** Call once the tables are known to match this version. */
  prepared(): void
  /** Reports a failed write: the database counts as down, and is probed until a write succeeds. */
  failed(error: unknown): void
  /** Reports a successful write. */
  written(): void
  /** Called at every change. @returns a function that unsubscribes */
  subscribe(listener: (state: AvailabilityState) => void): () => void
}

/** How often a database that is down is probed. */
const PROBE_EVERY_MS = 250

/**
 * Tracks a database's state, so that nobody waits for one that is known to be down, and probes it until it accepts
 * writes again. Probes have to write: a locked or full database still answers reads, and the next message would find
 * out.
 *
 * @param options.isPrepared false: the tables have not been checked, and nothing is written before `prepared()`
 * @default true
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

/** The database, with writes that fail until `isOpen` returns true. */
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
