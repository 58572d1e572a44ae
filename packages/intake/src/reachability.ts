/** Whether the database can be reached, as far as is known. */
export interface Reachability {
  readonly isDown: boolean
  /** Told by whoever met a failure; from then on the database is asked until it answers. */
  reportDown(): void
  /** It just answered somebody. */
  reportUp(): void
}

/** How often a database that is down is asked. */
const PROBE_EVERY_MS = 250
/** A probe that hangs longer is left to itself and another one is sent: its connection may be dead without saying so. */
const PROBE_TIMEOUT_MS = 5_000

/**
 * Remembers that the database is down, so that nobody waits for it meanwhile, and asks it until it answers again.
 *
 * @param ping one trip to the database
 */
export function createReachability(
  ping: () => Promise<void>,
  onChange: (isDown: boolean) => void = () => undefined,
): Reachability {
  let isDown = false
  let timer: NodeJS.Timeout | undefined

  function probeSoon(): void {
    timer = setTimeout(() => void probe(), PROBE_EVERY_MS)
    timer.unref()
  }

  async function probe(): Promise<void> {
    const isBack = await new Promise<boolean>((resolve) => {
      const giveUp = setTimeout(() => resolve(false), PROBE_TIMEOUT_MS)
      giveUp.unref()
      ping()
        .then(
          () => resolve(true),
          () => resolve(false),
        )
        .finally(() => clearTimeout(giveUp))
    })
    if (!isDown) return
    if (isBack) setUp()
    else probeSoon()
  }

  function setUp(): void {
    clearTimeout(timer)
    isDown = false
    onChange(false)
  }

  return {
    get isDown() {
      return isDown
    },
    reportDown() {
      if (isDown) return
      isDown = true
      onChange(true)
      probeSoon()
    },
    reportUp() {
      if (isDown) setUp()
    },
  }
}
