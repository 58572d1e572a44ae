import { chanceAt } from './random.ts'

const DAY_MS = 86_400_000

/** Charge of a tracker's battery, in whole percent: charged every twelve days, on a day that depends on the seed. */
export function batteryPercentAt(seed: number, atMs: number): number {
  const days = (atMs / DAY_MS + 12 * chanceAt(seed, -11)) % 12
  return Math.round(100 - 6 * days)
}

/** Battery voltage under a small solar panel: highest in the afternoon, lowest at the end of the night. */
export function batteryVoltsAt(seed: number, atMs: number): number {
  const middle = 3.75 + 0.25 * chanceAt(seed, -10)
  const hours = (atMs / 3_600_000) % 24
  // Pacific noon is 20:00 UTC.
  return middle + 0.15 * Math.cos(((hours - 22) / 24) * 2 * Math.PI)
}
