import type { AlertKind, QuietHours } from '@paikea/domain'

const MINUTES_PER_DAY = 1440

/** When an alert may be sent: now, or when quiet hours end. */
export function tellAt(kind: AlertKind, quiet: QuietHours | null, now: Date): Date {
  if (quiet === null || quiet.except.includes(kind)) return now
  const [from, to, at] = [minutesOf(quiet.from), minutesOf(quiet.to), localMinutes(quiet.timeZone, now)]
  const isQuiet = from <= to ? at >= from && at < to : at >= from || at < to
  if (!isQuiet) return now
  const left = (to - at + MINUTES_PER_DAY) % MINUTES_PER_DAY
  // To the minute: a clock change in between is not taken into account.
  return new Date((Math.floor(now.getTime() / 60_000) + left) * 60_000)
}

function localMinutes(timeZone: string, at: Date): number {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return minutesOf(clock.format(at))
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}
