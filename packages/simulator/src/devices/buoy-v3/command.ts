/** How firmware v3 interprets an MT text: as a setting, or as an error (`st:4`). */

/** An accepted command: the resulting interval, and the sleep before it, if any. */
export interface AcceptedCommand {
  readonly intervalMinutes: number
  readonly sleepSeconds: number
}

/** The interval after power-on, after a sleep, and for "0". */
export const DEFAULT_INTERVAL_MINUTES = 10

const LARGEST_INTERVAL_MINUTES = 1440
const LONGEST_SLEEP_SECONDS = 259_200
const int32 = { min: -2_147_483_648, max: 2_147_483_647 }

/**
 * Parses one command as the device does: `+DATA:PK006,` (minutes) or `+DATA:PK007,` (seconds) starting at the very
 * first byte, then an integer as C's `stoi` reads it; whatever follows is ignored.
 *
 * @returns `null` if the device replies `st:4`
 */
export function readCommand(text: string): AcceptedCommand | null {
  const kind = /^\+DATA:PK00([67]),/.exec(text)?.[1]
  if (kind === undefined) return null
  const value = stoi(text.slice('+DATA:PK006,'.length))
  if (value === null || value < 0) return null
  if (kind === '6') {
    if (value > LARGEST_INTERVAL_MINUTES) return null
    return { intervalMinutes: value === 0 ? DEFAULT_INTERVAL_MINUTES : value, sleepSeconds: 0 }
  }
  if (value > LONGEST_SLEEP_SECONDS) return null
  return { intervalMinutes: DEFAULT_INTERVAL_MINUTES, sleepSeconds: value }
}

/** The device's modem driver takes these words for its own modem's replies: message and session are lost. */
export function jamsModemReader(text: string): boolean {
  return /OK|ERROR|READY/.test(text)
}

function stoi(text: string): number | null {
  const digits = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)?.[1]
  if (digits === undefined) return null
  const value = Number(digits)
  return value < int32.min || value > int32.max ? null : value
}
