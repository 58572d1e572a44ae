import { setTimeout as sleep } from 'node:timers/promises'
import { isOutOfReach, isUnavailable } from '@paikea/database'
import type { Log } from '../log/create-log.ts'

/** How far the store has come: `done`, or waiting for a database that does not answer, for the reason in `away`. */
export type Preparation<T> =
  | { readonly away: null; readonly done: T }
  | {
      readonly away: string
      /** What came of it once the database answered; `null` where that was no longer wanted. @throws what `prepare` throws */
      readonly later: Promise<T | null>
    }

const firstPauseMs = 500
const longestPauseMs = 5_000

/**
 * Prepares the store now or, where nobody answers at the database's address and `mayWait` says so, as soon as somebody
 * does.
 *
 * @param prepare safe to run again
 * @throws what `prepare` throws
 */
export async function prepareStore<T>(o: {
  readonly prepare: () => Promise<T>
  readonly mayWait: boolean
  readonly log: Log
  readonly signal: AbortSignal
}): Promise<Preparation<T>> {
  try {
    return { away: null, done: await o.prepare() }
  } catch (error) {
    if (!o.mayWait || !isOutOfReach(error)) throw error
    const away = sayWhy(error)
    o.log.error('database.away', {
      reason: away,
      what: 'started without the database; deliveries are held by Temporal until it is back',
      whatToDo: 'see that it runs; look at PAIKEA_DB_URI and PAIKEA_DB_PASS',
    })
    return { away, later: prepareLater(o, away) }
  }
}

async function prepareLater<T>(
  o: { readonly prepare: () => Promise<T>; readonly log: Log; readonly signal: AbortSignal },
  away: string,
): Promise<T | null> {
  let reason = away
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await sleep(pauseMs, undefined, { signal: o.signal }).catch(() => undefined)
    if (o.signal.aborted) return null
    try {
      const done = await o.prepare()
      o.log.info('database.back', {})
      return done
    } catch (error) {
      if (o.signal.aborted) return null
      // Also one that answers and lets nobody in yet: whoever brings it back may not be done.
      if (!isUnavailable(error)) throw error
      const now = sayWhy(error)
      if (now !== reason) o.log.error('database.away', { reason: now })
      reason = now
    }
  }
}

/** The driver's words; they name address and user, never the password. */
function sayWhy(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
