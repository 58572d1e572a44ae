/** How the MicroPython devices repeat a failed satellite session: up to five times in all. */

/** Waits between the tries, milliseconds. */
const pausesMs = [5_000, 10_000, 30_000, 60_000] as const

/** How long to wait after the `failed`th try (1 = the first); `null` after the fifth: the message is lost. */
export function pauseAfterMs(failed: number): number | null {
  return pausesMs[failed - 1] ?? null
}
