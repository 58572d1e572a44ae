/** What an import did, and what it could not import and why. */
export interface ImportReport {
  readonly devices: { made: number; present: number }
  readonly routes: { made: number; present: number }
  readonly messages: {
    read: number
    stored: number
    /** Delivered again by the vendor, or imported by an earlier run. */
    copies: number
    /** Among the stored ones. */
    quarantined: number
  }
  /** How many messages could not be decoded, by reason code. */
  readonly quarantinedFor: Map<string, number>
  /** One line per item. */
  readonly notTaken: string[]
}

const MAX_LINES = 1_000

export function newReport(): ImportReport {
  return {
    devices: { made: 0, present: 0 },
    routes: { made: 0, present: 0 },
    messages: { read: 0, stored: 0, copies: 0, quarantined: 0 },
    quarantinedFor: new Map(),
    notTaken: [],
  }
}

/** Records one item that was not imported. A database may hold a great many of a kind. */
export function leaveOut({ notTaken }: ImportReport, what: string, why: string): void {
  if (notTaken.length < MAX_LINES) notTaken.push(`${what}: ${why}`)
  else if (notTaken.length === MAX_LINES) notTaken.push('and more')
}

/** The report as lines of text. */
export function formatReport({ devices, routes, messages, quarantinedFor, notTaken }: ImportReport): readonly string[] {
  const reasons = [...quarantinedFor].map(([code, count]) => `${code} ${count}`).join(', ')
  const { read, stored, copies, quarantined } = messages
  return [
    `devices    ${devices.made} created, ${devices.present} already existed`,
    `routes     ${routes.made} created, ${routes.present} already existed`,
    `messages   ${read} read: ${stored} stored, ${copies} counted as copies`,
    ...(quarantined === 0
      ? []
      : [`           of those stored, ${quarantined} cannot be decoded and are quarantined (${reasons})`]),
    notTaken.length === 0 ? 'everything was imported' : `not imported: ${notTaken.length}`,
    ...notTaken.map((line) => `  ${line}`),
  ]
}
