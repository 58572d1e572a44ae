/** Work that is asked for more often than it should be done. */
export interface Paced {
  /** Has it done: at once, or after the rest; asked for several times meanwhile it is done once. */
  ask(): void
  stop(): void
}

/**
 * Paces work by what it costs: it never runs twice at once, and rests after each run until it has taken no more than
 * this share of the time. A slow machine draws less often, a fast one at once.
 */
export function createPaced(work: () => Promise<void>, share: number): Paced {
  let isBusy = false
  let isAsked = false
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const goOn = (): void => {
    isBusy = false
    if (isAsked && !isStopped) run()
  }
  function run(): void {
    isBusy = true
    isAsked = false
    const began = performance.now()
    const rest = (): void => {
      const tookMs = performance.now() - began
      if (!isStopped) timer = setTimeout(goOn, tookMs / share - tookMs)
    }
    work().then(rest, rest)
  }
  return {
    ask() {
      isAsked = true
      if (!isBusy && !isStopped) run()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
