import { chanceAt } from './random.ts'

/** Battery voltage under a small solar panel: full in the afternoon, lower at the end of the night. */
export function batteryVoltsAt(seed: number, atMs: number): number {
  const middle = 3.75 + 0.25 * chanceAt(seed, -10)
  const hours = (atMs / 3_600_000) % 24
  // Pacific noon is 20:00 UTC.
  return middle + 0.15 * Math.cos(((hours - 22) / 24) * 2 * Math.PI)
}
