const EVERY_MS = 500

/**
 * Calls `onGone` when our parent process is gone. For a start by `npm` or `deno task`, whose own end (`kill`, kill -9)
 * would otherwise leave everything running with no one to stop it.
 *
 * @returns a function that stops watching
 */
export function watchParent(onGone: () => void, parentOf: () => number = () => process.ppid): () => void {
  const parent = parentOf()
  const timer = setInterval(() => {
    // An orphan is given a new parent at once.
    if (parentOf() === parent) return
    clearInterval(timer)
    onGone()
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
