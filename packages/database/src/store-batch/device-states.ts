import type { PlacedMessage } from './messages.ts'
import { propertiesOf } from '../sql/table.ts'
import { rowWriter } from '../sql/writer.ts'
import { DEVICE_STATES } from '../tables/device-states.ts'
import type { SqlValue, Statement, Statements } from '../connection/statements.ts'
import { insertStatement } from './insert-rows.ts'
import { sentAt } from './sent-at.ts'
import { stateTime } from './state-time.ts'
import type { PlannedReports, SettledReport } from './reports.ts'
import type { NewInbound, NewReport } from './types.ts'

/** Follows the time of the fix. `last_fix_at` comes last: in MySQL an assignment sees the preceding ones. */
const FIX_COLUMNS = ['latitude', 'longitude', 'sog_knots', 'cog_degrees', 'last_fix_at'] as const
/** Settings and battery of the device: valid until a newer report says otherwise. */
const HELD_COLUMNS = ['battery_volts', 'interval_minutes', 'sleep_minutes'] as const
/** Belongs to one report alone, with or without a fix. `last_report_at` comes last, as above. */
const REPORT_COLUMNS = ['reason', 'status', 'last_report_at'] as const
/**
 * Each the latest of its own kind: arrival of a report, arrival of any message, sending time of the newest message, and
 * a suspect fix.
 */
const HEARD_COLUMNS = ['last_received_at', 'heard_at', 'heard_sent_at', 'suspect_at'] as const
/**
 * Whether the newest message with a position repeats an earlier one, and since when the position has then been frozen.
 */
const FROZEN_COLUMNS = ['frozen_since', 'position_sent_at'] as const
const STATE = rowWriter(DEVICE_STATES, propertiesOf(DEVICE_STATES.kinds))

const UPSERT = { sqlite: upsertTail('sqlite'), mysql: upsertTail('mysql') } as const

/**
 * Advances the last states to the new messages, never back: the database itself compares, whoever else writes
 * concurrently.
 */
export function advanceDeviceStates(
  sql: Statements,
  placed: readonly PlacedMessage[],
  { settled, confirmed }: Pick<PlannedReports, 'settled' | 'confirmed'>,
): readonly Statement[] {
  const states = new Map<number, State>()
  for (const { item, id, isNew, device } of placed) {
    if (!isNew || device === null) continue
    states.set(device.deviceId, advance(states.get(device.deviceId), item, settled.get(id)))
  }
  for (const fix of confirmed) {
    const state = states.get(fix.deviceId)
    if (state !== undefined && (state.fix === null || fix.at > state.fix.at))
      states.set(fix.deviceId, { ...state, fix })
  }
  if (states.size === 0) return []
  const updatedAt = new Date()
  const values: SqlValue[] = []
  // Sorted, so that two processes lock the same rows in the same order.
  for (const [deviceId, { fix, report, held, ...heard }] of [...states].sort(([a], [b]) => a - b)) {
    const row = {
      deviceId,
      latitude: fix?.latitude ?? null,
      longitude: fix?.longitude ?? null,
      sogKnots: fix?.sogKnots ?? null,
      cogDegrees: fix?.cogDegrees ?? null,
      lastFixAt: fix?.at ?? null,
      ...held,
      reason: report?.reason ?? null,
      status: report?.status ?? null,
      lastReportAt: report?.at ?? null,
      lastReceivedAt: heard.reportReceivedAt,
      heardAt: heard.at,
      heardSentAt: heard.sentAt,
      suspectAt: heard.suspectAt,
      frozenSince: heard.frozenSince,
      positionSentAt: heard.positionSentAt,
      updatedAt,
    }
    values.push(...STATE.write(sql.dialect, row))
  }
  const tail = UPSERT[sql.dialect]
  return [insertStatement(sql.dialect, { table: 'device_states', columns: STATE.columns, values, tail })]
}

type Held = Pick<NewReport, 'batteryVolts' | 'intervalMinutes' | 'sleepMinutes'>

type FixOfState = Pick<NewReport, 'at' | 'latitude' | 'longitude' | 'sogKnots' | 'cogDegrees'>

interface State {
  readonly fix: FixOfState | null
  readonly report: NewReport | null
  readonly held: Held
  readonly reportReceivedAt: Date | null
  readonly at: Date
  readonly sentAt: Date
  readonly suspectAt: Date | null
  readonly frozenSince: Date | null
  readonly positionSentAt: Date | null
}

type Heard = Pick<NewInbound, 'receivedAt' | 'transmitTime'>

function advance(
  before: State | undefined,
  { receivedAt, transmitTime }: Heard,
  settled: SettledReport | undefined,
): State {
  const said = sentAt({ transmitTime, receivedAt })
  const sent = said < receivedAt ? said : receivedAt
  const { suspectAt = null, frozenSince = null, positionSentAt = null } = before ?? {}
  const heard = { at: latest(before?.at, receivedAt), sentAt: latest(before?.sentAt, sent) }
  if (settled === undefined) {
    const { fix = null, report: lastReport = null, held = NOTHING_HELD, reportReceivedAt = null } = before ?? {}
    return { fix, report: lastReport, held, reportReceivedAt, ...heard, suspectAt, frozenSince, positionSentAt }
  }
  const { report, isRepeat } = settled
  const isNewest = report.hasFix && (positionSentAt === null || sent > positionSentAt)
  return {
    ...advanceReport(before, report, receivedAt),
    ...heard,
    suspectAt: report.quality === 'suspect' ? latest(suspectAt, stateTime(report, receivedAt)) : suspectAt,
    frozenSince: isNewest ? (isRepeat ? stateTime(report, receivedAt) : null) : frozenSince,
    positionSentAt: isNewest ? sent : positionSentAt,
  }
}

function latest(before: Date | null | undefined, now: Date): Date {
  return before !== null && before !== undefined && before > now ? before : now
}

function advanceReport(
  before: State | undefined,
  stored: NewReport,
  receivedAt: Date,
): Pick<State, 'fix' | 'report' | 'held' | 'reportReceivedAt'> {
  const at = stateTime(stored, receivedAt)
  const report = at === stored.at ? stored : { ...stored, at }
  const { fix = null, report: lastReport = null } = before ?? {}
  const isNewer = lastReport === null || report.at > lastReport.at
  // By the time the report refers to: a position whose own time could not be read still shows where the device is.
  const isNewerFix = report.hasFix && report.quality !== 'suspect' && (fix === null || report.at > fix.at)
  return {
    fix: isNewerFix ? report : fix,
    report: isNewer ? report : lastReport,
    held: isNewer ? hold(before?.held, report) : (before?.held ?? NOTHING_HELD),
    reportReceivedAt: latest(before?.reportReceivedAt, receivedAt),
  }
}

const NOTHING_HELD: Held = { batteryVolts: null, intervalMinutes: null, sleepMinutes: null }

function hold(before: Held = NOTHING_HELD, report: NewReport): Held {
  return {
    batteryVolts: report.batteryVolts ?? before.batteryVolts,
    intervalMinutes: report.intervalMinutes ?? before.intervalMinutes,
    sleepMinutes: report.sleepMinutes ?? before.sleepMinutes,
  }
}

function upsertTail(dialect: Statements['dialect']): string {
  const given = (column: string): string => (dialect === 'sqlite' ? `excluded.${column}` : `VALUES(${column})`)
  const mine = (column: string): string => `device_states.${column}`
  const newer = (column: string): string =>
    `${given(column)} IS NOT NULL AND (${mine(column)} IS NULL OR ${given(column)} > ${mine(column)})`
  const follow = (column: string, clock: string): string =>
    `${column} = CASE WHEN ${newer(clock)} THEN COALESCE(${given(column)}, ${mine(column)}) ELSE ${mine(column)} END`
  // Speed and course belong to the fix, the reason to the report: if they are missing they become unknown, rather than
  // keeping the old values.
  const followExactly = (column: string, clock: string): string =>
    `${column} = CASE WHEN ${newer(clock)} THEN ${given(column)} ELSE ${mine(column)} END`
  const set = [
    ...FIX_COLUMNS.map((column) => followExactly(column, 'last_fix_at')),
    ...HELD_COLUMNS.map((column) => follow(column, 'last_report_at')),
    ...REPORT_COLUMNS.map((column) => followExactly(column, 'last_report_at')),
    ...HEARD_COLUMNS.map((column) => followExactly(column, column)),
    ...FROZEN_COLUMNS.map((column) => followExactly(column, 'position_sent_at')),
    `updated_at = ${given('updated_at')}`,
  ].join(', ')
  return dialect === 'sqlite' ? ` ON CONFLICT (device_id) DO UPDATE SET ${set}` : ` ON DUPLICATE KEY UPDATE ${set}`
}
