/** How far a fix may lie ahead: what GPS and other clocks really differ by, so that no receiver has to mind. */
export const MOST_AHEAD_MS = 3_000

/**
 * The GPS times of one device's fixes. No two of them have the same second, because most firmwares print no more than that,
 * and of two places at one time nobody could say which is the newer: a fix that follows too closely, in a sea that runs
 * much faster than real time, is put into the next second. Where even that runs ahead too far, its messages tell by their
 * arrival.
 */
export class FixStamps {
  #lastMs = 0

  /** The time to stamp a fix with that is taken at `nowMs`, real time. */
  next(nowMs: number): number {
    const nextSecondMs = (Math.floor(this.#lastMs / 1000) + 1) * 1000
    this.#lastMs = Math.max(nowMs, Math.min(nextSecondMs, nowMs + MOST_AHEAD_MS))
    return this.#lastMs
  }
}
