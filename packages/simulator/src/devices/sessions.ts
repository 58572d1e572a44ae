/** How the MicroPython devices retry a failed satellite session: up to five attempts. */

/** Waits between attempts, milliseconds. */
const pausesMs = [5_000, 10_000, 30_000, 60_000] as const

/** How long to wait after the `failed`th attempt (1 = the first); `null` after the fifth: the message is lost. */
export function pauseAfterMs(failed: number): number | null {
  return pausesMs[failed - 1] ?? null
}
