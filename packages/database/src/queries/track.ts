import type { Database } from '../database.ts'
import { type Problem, readProblems, type ReportQuality } from '../problems.ts'
import {
  type RawRow,
  readJsonOrNull,
  readNumber,
  readNumberOrNull,
  readText,
  readTime,
  selectRows,
} from './statement.ts'

/** Fixes read at a time: some megabytes at most, and a few hundred round trips for a million. */
const PAGE = 5_000

/** One fix of a device's track. */
export interface TrackRow {
  readonly id: number
  readonly messageId: number
  readonly at: Date
  readonly receivedAt: Date
  readonly latitude: number
  readonly longitude: number
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
  readonly batteryVolts: number | null
  readonly intervalMinutes: number | null
  readonly quality: ReportQuality
  readonly problems: readonly Problem[]
}

/**
 * The fixes of one device in the order of their times, page by page; what repeats an earlier one is left out. Nothing is
 * read before it is asked for. The caller has found the device within its scope.
 *
 * @param args `from` and `to` are both included; null is open
 */
export async function* readTrack(
  db: Database,
  args: { readonly deviceId: number; readonly from: Date | null; readonly to: Date | null },
): AsyncGenerator<readonly TrackRow[]> {
  let after: { readonly at: Date; readonly id: number } | null = null
  for (;;) {
    const rows: RawRow[] = await selectRows(db, ...statement(args, after))
    const page = rows.map(toRow)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    if (page.length < PAGE) return
    after = last
  }
}

function statement(
  { deviceId, from, to }: { readonly deviceId: number; readonly from: Date | null; readonly to: Date | null },
  after: { readonly at: Date; readonly id: number } | null,
): [string, unknown[]] {
  const conditions: (readonly [string, ...unknown[]])[] = [['device_id = ?', deviceId]]
  if (from !== null) conditions.push(['at >= ?', from])
  if (to !== null) conditions.push(['at <= ?', to])
  // Written so that the index of (device, time) is entered at the right place.
  if (after !== null) conditions.push(['at >= ? AND (at > ? OR id > ?)', after.at, after.at, after.id])
  const sql = `SELECT id, message_id, at, received_at, latitude, longitude, sog_knots, cog_degrees, battery_volts,
      interval_minutes, quality, problems
    FROM reports
    WHERE ${conditions.map(([condition]) => condition).join(' AND ')}
      AND has_fix = 1 AND repeat_of_id IS NULL AND latitude IS NOT NULL AND longitude IS NOT NULL
    ORDER BY at, id LIMIT ${String(PAGE)}`
  return [sql, conditions.flatMap(([, ...values]) => values)]
}

function toRow(row: RawRow): TrackRow {
  return {
    id: readNumber(row, 'reports.id'),
    messageId: readNumber(row, 'reports.message_id'),
    at: readTime(row, 'reports.at'),
    receivedAt: readTime(row, 'reports.received_at'),
    latitude: readNumber(row, 'reports.latitude'),
    longitude: readNumber(row, 'reports.longitude'),
    sogKnots: readNumberOrNull(row, 'reports.sog_knots'),
    cogDegrees: readNumberOrNull(row, 'reports.cog_degrees'),
    batteryVolts: readNumberOrNull(row, 'reports.battery_volts'),
    intervalMinutes: readNumberOrNull(row, 'reports.interval_minutes'),
    // The column holds what the intake wrote, which is of this type.
    quality: readText(row, 'reports.quality') as ReportQuality,
    problems: readProblems(readJsonOrNull(row, 'reports.problems')),
  }
}
