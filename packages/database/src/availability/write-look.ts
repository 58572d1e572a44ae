import { WriteLookError } from '../connection/errors.ts'

/** Probes whether the database accepts writes. */
export interface WriteLook {
  /** Concurrent callers share a probe. @throws what `attempt` throws, or WriteLookError on time-out */
  look(): Promise<void>
  /** A real write has just succeeded, which answers running probes. */
  wasWritten(): void
}

/** Shorter than callers are willing to wait, longer than another process's regular write. */
const LIMIT_MS = 1_500

/**
 * One probe at a time, ended early by a real write that succeeds meanwhile: a database busy with our own writes is
 * writable.
 *
 * @param attempt a write that is rolled back; its signal aborts when nobody waits for it any more, with a
 * WriteLookError on time-out
 */
export function createWriteLook(attempt: (signal: AbortSignal) => Promise<void>, limitMs = LIMIT_MS): WriteLook {
  let current: { readonly answer: Promise<void>; readonly wasWritten: () => void } | null = null

  function begin(): NonNullable<typeof current> {
    const stop = new AbortController()
    let wasWritten = (): void => undefined
    const answer = new Promise<void>((resolve, reject) => {
      const end = (settle: () => void, reason?: Error): void => {
        clearTimeout(timer)
        current = null
        settle()
        stop.abort(reason)
      }
      const timer = setTimeout(() => {
        const error = new WriteLookError(`the database accepted no write within ${limitMs} ms`)
        end(() => reject(error), error)
      }, limitMs)
      wasWritten = () => end(resolve)
      attempt(stop.signal).then(
        () => {
          if (!stop.signal.aborted) end(resolve)
        },
        (error: unknown) => {
          if (!stop.signal.aborted) end(() => reject(error))
        },
      )
    })
    return { answer, wasWritten }
  }

  return {
    look: () => (current ??= begin()).answer,
    wasWritten: () => current?.wasWritten(),
  }
}
