import { formatUtc } from './age.ts'
import { UNKNOWN } from './quantity.ts'

/** The clock that times are shown in. */
export type Clock = 'utc' | 'local'

/** A moment: `2026-11-24 16:29:06 UTC`, or by this machine's clock with its offset: `2026-11-24 08:29:06 -08:00`. */
export function formatMoment(iso: string | null, clock: Clock): string {
  if (iso === null) return UNKNOWN
  if (clock === 'utc') return formatUtc(iso)
  const at = new Date(iso)
  const offset = -at.getTimezoneOffset()
  const shifted = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, 19).replace('T', ' ')
  const size = Math.abs(offset)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${shifted} ${offset < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`
}

/** When something is due, in brief: `10:20 ± 2 min UTC`, with the date unless it is the day of `now`. */
export function formatDue(span: { readonly from: string; readonly to: string }, now: number, clock: Clock): string {
  const [from, to] = [Date.parse(span.from), Date.parse(span.to)]
  const words = formatMoment(new Date((from + to) / 2).toISOString(), clock)
  const today = formatMoment(new Date(now).toISOString(), clock).slice(0, 10)
  const day = words.slice(0, 10) === today ? '' : `${words.slice(5, 10)} `
  const minutes = Math.ceil((to - from) / 2 / 60_000)
  return `${day}${words.slice(11, 16)} ± ${String(minutes)} min${clock === 'utc' ? ' UTC' : ''}`
}

/** The span in which something is due: `10:18–10:22`, in the chosen clock. */
export function formatSpan(span: { readonly from: string; readonly to: string } | null, clock: Clock): string {
  if (span === null) return UNKNOWN
  const [from, to] = [formatMoment(span.from, clock), formatMoment(span.to, clock)]
  const start = from.slice(0, 16)
  const end = from.slice(0, 10) === to.slice(0, 10) ? to.slice(11, 16) : to.slice(0, 16)
  return `${start} – ${end} ${to.slice(20)}`
}
