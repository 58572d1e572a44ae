/** Something did not settle in time. It may still complete. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/**
 * Waits for a promise for at most `timeoutMs` milliseconds. The work itself is not cancelled.
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
