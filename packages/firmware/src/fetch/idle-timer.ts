/** Calls back after a period without activity; `touch` restarts it with the given limit. */
export interface IdleTimer {
  touch(limitMs: number): void
  stop(): void
}

/** Creates the timer, not running yet. */
export function createIdleTimer(onIdle: (limitMs: number) => void): IdleTimer {
  let timer: NodeJS.Timeout | undefined
  return {
    touch(limitMs) {
      clearTimeout(timer)
      timer = setTimeout(() => onIdle(limitMs), limitMs)
    },
    stop() {
      clearTimeout(timer)
    },
  }
}
