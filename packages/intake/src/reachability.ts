/** Whether the database can be written, as far as is known. */
export interface Reachability {
  readonly isDown: boolean
  /** Told by whoever met a failure; from then on the database is asked until it answers. */
  reportDown(): void
  /** It was just written. */
  reportUp(): void
}

/** How often a database that is down is asked. */
const PROBE_EVERY_MS = 250

/**
 * Remembers that the database is down, so that nobody waits for it meanwhile, and asks it until it takes writes again.
 *
 * @param tryWrite ends within a second or two. It has to write: of a database that is locked or full, one that only reads would say it is back,
 *   and the next message would find out
 */
export function createReachability(
  tryWrite: () => Promise<void>,
  onChange: (isDown: boolean) => void = () => undefined,
): Reachability {
  let isDown = false
  let timer: NodeJS.Timeout | undefined

  function probeSoon(): void {
    timer = setTimeout(() => void probe(), PROBE_EVERY_MS)
    timer.unref()
  }

  async function probe(): Promise<void> {
    const isBack = await tryWrite().then(
      () => true,
      () => false,
    )
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
