import type { Log } from '@paikea/domain'
import type { NewAdmin } from '../first-start/first-admin.ts'

/** What ends a process in order. */
export interface LifecycleOptions {
  readonly log: Log
  readonly stop: () => Promise<void>
  /** After this it ends anyway: everything is safe against that. */
  readonly limitMs: number
}

/**
 * Ends the process on SIGTERM, on SIGINT where it was started by hand, and when the process that started it is gone.
 * A starter that watches over us gets the terminal's Ctrl-C as we do, and stops its parts in order: then SIGINT is its business.
 */
export function endOnRequest(options: LifecycleOptions): void {
  let isEnding = false
  const isWatchedOver = process.send !== undefined
  const end = (reason: string): void => {
    if (isEnding) return
    isEnding = true
    options.log.info('process.stopping', { reason })
    setTimeout(() => process.exit(0), options.limitMs).unref()
    options.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        options.log.error('process.stop-failed', { error: String(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('SIGINT', () => {
    if (!isWatchedOver) end('SIGINT')
  })
  process.on('disconnect', () => end('the starter is gone'))
}

/** Tells the process that started us that we are ready. */
export function announceReady(fields: Readonly<Record<string, unknown>>): void {
  process.send?.({ type: 'ready', ...fields })
}

/** Tells it why we end: a log on a full disk takes no line. */
export function announceLastWords(text: string): void {
  if (process.connected) process.send?.({ type: 'last-words', text })
}

/** Tells it that the database is back, with the account that was made then. */
export function announceDatabase(newAdmin: NewAdmin | null): void {
  process.send?.({ type: 'database-back', newAdmin })
}
