import type { Log } from '@paikea/domain'
import { setTimeout as sleep } from 'node:timers/promises'
import { isUnavailable, outOfReachCode, whyNotWritable } from '@paikea/database'

/** The store's state: `done`, or waiting for a database that does not respond, with the reason in `away`. */
export type Preparation<T> =
  | { readonly away: null; readonly done: T }
  | {
      readonly away: string
      /**
       * Keeps trying. @returns the result once the database responds, `null` if it was cancelled @throws what `prepare`
       * throws
       */
      later(): Promise<T | null>
    }

/** How to prepare the store. */
export interface PrepareOptions<T> {
  /** Must be idempotent. */
  readonly prepare: () => Promise<T>
  /** Whether to wait for a database that does not respond, or whose disk is full. */
  readonly mayWait: boolean
  /** Where the database should be, in words. */
  readonly place: string
  readonly log: Log
  readonly signal: AbortSignal
}

const PAUSE_MS = 500

/**
 * Prepares the store now or, if the database does not respond or its disk is full, as soon as that is over.
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
      // This includes a database that responds but admits no one yet: its recovery may not be finished.
      if (!isUnavailable(error)) throw error
      const now = sayWhy(error, options.place)
      if (now !== reason) options.log.error('database.away', { reason: now })
      reason = now
    }
  }
}

/** Whether the error is worth waiting out; any other error the operator has to see now. */
function comesBack(error: unknown): boolean {
  return outOfReachCode(error) !== null || whyNotWritable(error) === 'full'
}

/** Says that nothing responds, or quotes the server's message, which names address and user but never the password. */
function sayWhy(error: unknown, place: string): string {
  const code = outOfReachCode(error)
  if (code !== null) return `${place}: ${code}`
  if (whyNotWritable(error) === 'full') return `${place}: its disk is full`
  return error instanceof Error ? error.message : String(error)
}
