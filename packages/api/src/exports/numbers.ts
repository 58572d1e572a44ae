/** Degrees to seven decimals (one centimetre) as the shortest text. Very small values get an exponent (`1e-7`). */
export function roundDegrees(value: number): number {
  return Math.round(value * 1e7) / 1e7
}

const DAY_MS = 86_400_000
/** The last day written: a track has many times per day, and the calendar arithmetic is the expensive part. */
let lastDay = { number: Number.NaN, text: '' }

/** As `toISOString()`: `2026-11-28T02:00:00.000Z`. @throws RangeError for an invalid date */
export function isoTime(at: Date): string {
  const ms = at.getTime()
  const day = Math.floor(ms / DAY_MS)
  if (day !== lastDay.number) lastDay = { number: day, text: at.toISOString().slice(0, -13) }
  const inDay = ms - day * DAY_MS
  const seconds = Math.floor(inDay / 1_000)
  const minutes = Math.floor(seconds / 60)
  const millis = inDay % 1_000
  const rest = millis === 0 ? '000' : String(millis).padStart(3, '0')
  return `${lastDay.text}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${rest}Z`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
