import type { Log } from '@paikea/domain'
import { setTimeout as sleep } from 'node:timers/promises'
import { isUnavailable, outOfReachCode, whyNotWritable } from '@paikea/database'

/** How far the store has come: `done`, or waiting for a database that does not answer, for the reason in `away`. */
export type Preparation<T> =
  | { readonly away: null; readonly done: T }
  | {
      readonly away: string
      /** Goes on trying. @returns what came of it once the database answered, `null` if that was no longer wanted @throws what `prepare` throws */
      later(): Promise<T | null>
    }

/** How the store is prepared. */
export interface PrepareOptions<T> {
  /** Safe to run again. */
  readonly prepare: () => Promise<T>
  /** Whether a database that does not answer, or whose disk is full, is waited for. */
  readonly mayWait: boolean
  /** Where the database should be, in words. */
  readonly place: string
  readonly log: Log
  readonly signal: AbortSignal
}

const PAUSE_MS = 500

/**
 * Prepares the store now or, if nobody answers at the database's address or its disk is full, as soon as that is over.
 *
 * @throws what `prepare` throws
 */
export async function prepareStore<T>(options: PrepareOptions<T>): Promise<Preparation<T>> {
  try {
    return { away: null, done: await options.prepare() }
  } catch (error) {
    if (!options.mayWait || !comesBack(error)) throw error
    const away = sayWhy(error, options.place)
    options.log.error('database.away', { reason: away, whatToDo: 'check that it is running; check PAIKEA_DB_URI' })
    return { away, later: () => prepareLater(options, away) }
  }
}

async function prepareLater<T>(options: PrepareOptions<T>, away: string): Promise<T | null> {
  for (let reason = away; ;) {
    await sleep(PAUSE_MS, undefined, { signal: options.signal }).catch(() => undefined)
    if (options.signal.aborted) return null
    try {
      const done = await options.prepare()
      options.log.info('database.back')
      return done
    } catch (error) {
      if (options.signal.aborted) return null
      // Also one that answers and lets nobody in yet: whoever brings it back may not be done.
      if (!isUnavailable(error)) throw error
      const now = sayWhy(error, options.place)
      if (now !== reason) options.log.error('database.away', { reason: now })
      reason = now
    }
  }
}

/** Whether it is worth waiting for by its own words; whatever else is wrong, the operator has to hear now. */
function comesBack(error: unknown): boolean {
  return outOfReachCode(error) !== null || whyNotWritable(error) === 'full'
}

/** Where nobody answers, or the words of whoever does: they name address and user, never the password. */
function sayWhy(error: unknown, place: string): string {
  const code = outOfReachCode(error)
  if (code !== null) return `${place}: ${code}`
  if (whyNotWritable(error) === 'full') return `${place}: its disk is full`
  return error instanceof Error ? error.message : String(error)
}
