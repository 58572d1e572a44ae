import type { NewAlert } from '@paikea/database'

/** Something that is so now and that people should know of. */
export type Finding = NewAlert

/** A time for people: `2026-11-24 16:00 UTC`. */
export function sayTime(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
