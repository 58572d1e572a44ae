import { WriteLookError } from '../connection/errors.ts'

/** A look whether the database takes writes. */
export interface WriteLook {
  /** Who asks while a look is under way shares it. @throws what `attempt` throws, or WriteLookError when the time is up */
  look(): Promise<void>
  /** Something was written just now: that answers whoever is looking. */
  wasWritten(): void
}

/** Less than whoever looks is willing to wait, more than an honest writer of another process takes. */
const LIMIT_MS = 1_500

/**
 * One look at a time, ended early by a write that gets through meanwhile: a database busy with our own writes takes writes.
 *
 * @param attempt a write that is taken back; its signal says that nobody waits for it any more, with a WriteLookError where the time was up
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
