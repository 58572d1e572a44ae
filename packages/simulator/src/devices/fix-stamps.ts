/** How far a fix may be ahead: as much as GPS and other clocks really differ, which receivers tolerate. */
export const MOST_AHEAD_MS = 3_000

/**
 * The GPS times of one device's fixes. No two share a second, because most firmwares print no more than that, and with
 * two positions at one time nobody could tell which is newer: when simulation time runs fast, a fix that follows too
 * closely is moved to the next second. If even that is too far ahead, arrival order has to tell.
 */
export class FixStamps {
  #lastMs = 0

  /** The time stamp for a fix taken at `nowMs`, real time. */
  next(nowMs: number): number {
    const nextSecondMs = (Math.floor(this.#lastMs / 1000) + 1) * 1000
    this.#lastMs = Math.max(nowMs, Math.min(nextSecondMs, nowMs + MOST_AHEAD_MS))
    return this.#lastMs
  }
}
