/** Something did not settle in the time it was given. It may still happen. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/**
 * Waits for a promise, but no longer than so many milliseconds. The work itself is not stopped.
 *
 * @throws DeadlineError when the time is up first
 */
export function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(`Not done within ${String(timeoutMs)} ms.`)), timeoutMs)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error instanceof Error ? error : new Error('Rejected without an error.', { cause: error }))
      },
    )
  })
}
