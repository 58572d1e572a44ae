import type { Translate } from '../i18n/translate.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** An age in at most two units: `12 s`, `5 min`, `2 h 05 min`, `3 d 4 h`. Times in the future count as now. */
export function formatAge(ageMs: number): string {
  const age = Math.max(0, ageMs)
  if (age < MINUTE_MS) return `${whole(age, SECOND_MS)} s`
  if (age < HOUR_MS) return `${whole(age, MINUTE_MS)} min`
  if (age < DAY_MS) {
    const minutes = Math.floor((age % HOUR_MS) / MINUTE_MS)
    return `${whole(age, HOUR_MS)} h ${String(minutes).padStart(2, '0')} min`
  }
  return `${whole(age, DAY_MS)} d ${whole(age % DAY_MS, HOUR_MS)} h`
}

/** The offset between the page's and the service's clocks is known only to the network's latency. */
const CLOCK_PLAY_MS = 2 * SECOND_MS

/** A fix's age, as `formatAge`; a fix in the future says so: `5 min ahead of now`. */
export function fixAgeWords(ageMs: number, t: Translate): string {
  return ageMs < -CLOCK_PLAY_MS ? t('{age} ahead of now', { age: formatAge(-ageMs) }) : formatAge(ageMs)
}

/** The same in a sentence: `5 min old`, or `5 min ahead of now`. */
export function fixOldWords(ageMs: number, t: Translate): string {
  return ageMs < -CLOCK_PLAY_MS ? fixAgeWords(ageMs, t) : t('{age} old', { age: formatAge(ageMs) })
}

/** A moment in UTC, to the second: `2026-11-24 16:29:06 UTC`. */
export function formatUtc(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function whole(ms: number, unitMs: number): string {
  return String(Math.floor(ms / unitMs))
}
