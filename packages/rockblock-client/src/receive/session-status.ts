import { HIGHEST_COUNT, parseNumber } from './field-reader.ts'

/**
 * The SBD session status, the value of `iridium_session_status`. Iridium documents these; others may occur and are
 * kept.
 */
const MEANINGS: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'ok, but the waiting MT is too large',
  2: 'ok, position unreliable',
  10: 'timed out',
  12: 'MO too large',
  13: 'link lost',
  14: 'protocol anomaly',
  15: 'IMEI not allowed',
}

const NAMES: readonly (readonly [number: number, name: RegExp])[] = [
  [0, /^SESSION_STATUS_OK$/],
  [2, /^SESSION_STATUS_\w*(?:LOCATION|POSITION)/],
  [13, /^SESSION_STATUS_\w*LINK/],
]

/** The meaning of a session status, for users; unknown ones are named by their number. */
export function describeSessionStatus(status: number): string {
  return MEANINGS[status] ?? `unknown status ${status}`
}

/**
 * Reads a status given as a name, as in Cloudloop's format (`SESSION_STATUS_OK`), or as its number. Of the names it
 * returns only those that affect how far a message can be trusted; `null` for any other.
 */
export function readSessionStatus(status: unknown): number | null {
  if (typeof status === 'string') {
    for (const [number, name] of NAMES) if (name.test(status)) return number
  }
  const number = parseNumber(status)
  return number !== null && Number.isInteger(number) && Math.abs(number) <= HIGHEST_COUNT ? number : null
}

/** Whether the link was lost during the session: the payload may be truncated. */
export function isIncomplete(sessionStatus: number | null): boolean {
  return sessionStatus === 13
}

/** Whether Iridium itself calls its estimate unreliable. */
export function isPositionUnreliable(sessionStatus: number | null): boolean {
  return sessionStatus === 2
}
