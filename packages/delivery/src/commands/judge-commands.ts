import type { CommandRow } from '@paikea/database'

/** Interval of a v3 buoy after power-on, and after the command "0". */
const V3_DEFAULT_MINUTES = 10
/** `st` of a PK101. */
const ST = { powerOn: 1, wokeOrRetried: 2, changed: 3, refused: 4 } as const
/** A v2 buoy counts its period from a send, and then needs time to get a fix. */
const V2_SPACING_TOLERANCE_MINUTES = 3
const MINUTE_MS = 60_000

/** The part of a report that concerns commands. */
export interface ReportOfDevice {
  readonly messageId: number
  readonly transmittedAt: Date
  /** `st` of a PK101; null for a v2 buoy. */
  readonly reasonCode: number | null
  readonly intervalMinutes: number | null
  readonly sleepMinutes: number | null
  /** Bit 0 of a PK001's status. */
  readonly beaconOn: boolean | null
}

/** What a report decides about a command. */
export interface Verdict {
  readonly commandId: number
  readonly state: 'confirmed' | 'refused' | 'voided'
  readonly reason: string | null
}

/**
 * Settles commands from a device's reports, at no airtime cost. Pure.
 *
 * - A session fetches one message, the oldest first. What no session before this report can have fetched is not decided.
 * - v3 answers: `st:3` with its new `int` or `sl`, `st:4` for what it refuses; `st:1` means that it was switched on and
 *   forgot its settings. An answer that got lost shows in the `int` of the next report.
 * - v2 does not answer: the beacon shows in `sta`, an interval in the spacing of two reports, a sleep in the silence.
 *
 * @param commands of one device that may be decided, oldest first; confirmed intervals may be voided
 * @param contacts times of the device's sessions, oldest first, from before the oldest command was sent
 */
export function judgeCommands(
  commands: readonly CommandRow[],
  report: ReportOfDevice,
  contacts: readonly Date[],
): readonly Verdict[] {
  const before = contacts.filter((contact) => contact < report.transmittedAt)
  const open = fetchedBy(
    commands.filter((command) => command.storedState === 'open'),
    before,
  )
  if (report.reasonCode === ST.powerOn) {
    const lost = open.map(({ command }) => voided(command.id))
    // Only if the report says so: a v2 buoy keeps its interval.
    const confirmed = commands.filter(
      ({ storedState, kind, decidedAt, value }) =>
        storedState === 'confirmed' &&
        kind === 'interval' &&
        value !== report.intervalMinutes &&
        decidedAt !== null &&
        decidedAt < report.transmittedAt,
    )
    return [...lost, ...confirmed.map(({ id }) => voided(id))]
  }
  const last = open.at(-1)
  if (last === undefined) return []
  if (report.reasonCode === ST.refused)
    return [{ commandId: last.command.id, state: 'refused', reason: 'device-refused' }]
  return open.flatMap((fetched) =>
    shows(fetched, report, before)
      ? [{ commandId: fetched.command.id, state: 'confirmed' as const, reason: null }]
      : [],
  )
}

interface Fetched {
  readonly command: CommandRow
  /** The earliest session that can have fetched it. */
  readonly fetchedAt: Date
}

/** The commands that the device's sessions can have fetched, one per session. */
function fetchedBy(commands: readonly CommandRow[], contacts: readonly Date[]): readonly Fetched[] {
  const waiting = commands.filter(({ sentAt }) => sentAt !== null)
  const fetched: Fetched[] = []
  for (const contact of contacts) {
    const next = waiting.find(
      (command) =>
        command.sentAt !== null && command.sentAt < contact && !fetched.some((one) => one.command === command),
    )
    if (next !== undefined) fetched.push({ command: next, fetchedAt: contact })
  }
  return fetched
}

function shows({ command, fetchedAt }: Fetched, report: ReportOfDevice, contacts: readonly Date[]): boolean {
  const { kind, value, generation } = command
  const sinceFetchMs = report.transmittedAt.getTime() - fetchedAt.getTime()
  if (kind === 'beacon') return report.beaconOn === (value === 1)
  if (kind === 'interval') {
    if (generation === 'v3') return report.intervalMinutes === (value === 0 ? V3_DEFAULT_MINUTES : value)
    const previous = contacts.at(-1)
    if (previous === undefined || previous < fetchedAt) return false
    const spacingMinutes = (report.transmittedAt.getTime() - previous.getTime()) / MINUTE_MS
    return Math.abs(spacingMinutes - value) <= V2_SPACING_TOLERANCE_MINUTES
  }
  if (generation === 'v2') return sinceFetchMs >= value * 1000 && contacts.at(-1)?.getTime() === fetchedAt.getTime()
  const isAnswer = report.reasonCode === ST.changed && (report.sleepMinutes ?? 0) === Math.floor(value / 60)
  // The answer was lost, but the buoy did sleep.
  return isAnswer || (report.reasonCode === ST.wokeOrRetried && sinceFetchMs >= value * 1000)
}

function voided(commandId: number): Verdict {
  return { commandId, state: 'voided', reason: 'switched-on' }
}
