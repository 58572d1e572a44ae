import type { Log } from '@paikea/domain'
import type { NewAdmin } from '../first-start/first-admin.ts'

/** Options for ending a process in order. */
export interface LifecycleOptions {
  readonly log: Log
  readonly stop: () => Promise<void>
  /** After this it exits anyway: everything is safe against that. */
  readonly limitMs: number
}

/**
 * Ends the process on SIGTERM, on SIGINT if it was started by hand, and when its parent is gone. A supervising starter
 * receives the terminal's Ctrl-C too and stops its parts in order: SIGINT is then the starter's to handle.
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

/** Tells our parent process that we are ready. */
export function announceReady(fields: Readonly<Record<string, unknown>>): void {
  process.send?.({ type: 'ready', ...fields })
}

/** Tells it why we exit: a log on a full disk takes no line. */
export function announceLastWords(text: string): void {
  if (process.connected) process.send?.({ type: 'last-words', text })
}

/** Tells it that the database is available again, with the account created then. */
export function announceDatabase(newAdmin: NewAdmin | null): void {
  process.send?.({ type: 'database-back', newAdmin })
}
