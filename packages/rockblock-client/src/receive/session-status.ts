/** The SBD session status, the value of `iridium_session_status`. Iridium documents these; others may come and are kept. */
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

/** What a session status means, for people; unknown ones are named by their number. */
export function describeSessionStatus(status: number): string {
  return MEANINGS[status] ?? `unknown status ${status}`
}

/** Whether Iridium says of its own estimate that it is not to be relied on. */
export function isPositionUnreliable(sessionStatus: number | null): boolean {
  return sessionStatus === 2
}
