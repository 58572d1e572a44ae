/** Spacings that differ by less than this belong to one interval: fixes and sessions vary in length. */
const TOLERANCE_MINUTES = 3

/**
 * Estimates a v2 buoy's interval from the spacing of its reports. A period runs from one send to the next fix, so
 * spacings are never shorter than the interval, and longer if a fix was missed.
 *
 * @param transmittedAt times of transmission of consecutive reports, in any order; the newest few are enough
 * @returns whole minutes, or null if no two neighbouring spacings agree
 */
export function estimateIntervalMinutes(transmittedAt: readonly Date[]): number | null {
  const times = transmittedAt.map((time) => time.getTime()).toSorted((one, other) => other - one)
  const spacings = times.slice(1).map((time, index) => ((times[index] ?? time) - time) / 60_000)
  for (const [index, spacing] of spacings.slice(1).entries()) {
    const newer = spacings[index]
    if (newer !== undefined && Math.abs(newer - spacing) <= TOLERANCE_MINUTES)
      return Math.max(Math.floor(Math.min(newer, spacing)), 1)
  }
  return null
}
