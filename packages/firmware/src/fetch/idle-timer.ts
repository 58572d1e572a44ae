/** Calls back once nothing happened for a time; `touch` starts it anew with the given bound. */
export interface IdleTimer {
  touch(limitMs: number): void
  stop(): void
}

/** Builds the timer, not running yet. */
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
