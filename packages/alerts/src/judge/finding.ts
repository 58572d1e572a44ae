import type { NewAlert } from '@paikea/database'

/** Something that is the case now and deserves an alert. */
export type Finding = NewAlert

/** A time for users: `2026-11-24 16:00 UTC`. */
export function sayTime(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
