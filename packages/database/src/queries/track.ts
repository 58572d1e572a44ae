import type { Database } from '../database.ts'
import type { ReportQuality } from '../problems.ts'
import type { Column } from '../sql/column.ts'
import { WRONG } from '../sql/parse.ts'
import { type Selection, selection } from '../sql/selection.ts'
import { REPORTS } from '../tables/reports.ts'
import { type RawRow, readNumber, selectManyRows } from './statement.ts'

/** Some megabytes per page at most, and a few hundred round trips for a million fixes. */
const PAGE_ROWS = 5_000

/** One fix of a device's track. Coordinates in degrees, north and east positive. */
export interface TrackRow {
  /** Time of the fix, UTC. */
  readonly at: Date
  readonly receivedAt: Date
  readonly latitudeDegrees: number
  readonly longitudeDegrees: number
  readonly sogKnots: number | null
  readonly cogDegrees: number | null
  readonly batteryVolts: number | null
  readonly intervalMinutes: number | null
  readonly quality: ReportQuality
  /** Codes of its problems (`implausible`, `clock-wrong`, …). */
  readonly problems: readonly string[]
  readonly messageId: number
}

/** A field of a fix. */
export type TrackField = keyof TrackRow

const r = REPORTS.columns
const NO_CODES: readonly string[] = []
const FIELDS: { readonly [F in TrackField]: Column<TrackRow[F]> } = {
  at: r.at,
  receivedAt: r.receivedAt,
  latitudeDegrees: present(r.latitude),
  longitudeDegrees: present(r.longitude),
  sogKnots: r.sogKnots,
  cogDegrees: r.cogDegrees,
  batteryVolts: r.batteryVolts,
  intervalMinutes: r.intervalMinutes,
  quality: r.quality,
  problems: { ...r.problems, parse: readCodes },
  messageId: r.messageId,
}

/** Which fixes of which device, and which of their fields. `from` and `to` are both inclusive; null is open. */
export interface TrackWish<F extends TrackField> {
  readonly deviceId: number
  readonly from: Date | null
  readonly to: Date | null
  /** Besides its time. Each costs about the same. */
  readonly fields: readonly F[]
  /** Fixes per page. @default 5,000 */
  readonly pageRows?: number
}

/**
 * The fixes of one device in chronological order, page by page, without repeats. At most one page is read ahead. The
 * caller has found the device within its scope.
 *
 * @throws {ColumnError} if a stored value is missing or wrong
 */
export async function* readTrack<F extends TrackField>(
  db: Database,
  wish: TrackWish<F>,
): AsyncGenerator<readonly Pick<TrackRow, F | 'at'>[]> {
  const { pageRows = PAGE_ROWS } = wish
  const fields: readonly TrackField[] = ['at', ...wish.fields]
  const parts = Object.fromEntries(fields.map((field) => [field, FIELDS[field]]))
  // The requested fields, each read from its own column: `Object.fromEntries` merely loses that type.
  const columns = selection(parts) as unknown as Selection<Pick<TrackRow, F | 'at'>>
  const read = (after: Position | null): Promise<RawRow[]> =>
    selectManyRows(db, [...fields, 'place'], ...statement({ ...wish, pageRows, after }, columns.sql))
  let reading = read(null)
  for (;;) {
    const rows = await reading
    const last = rows.length < pageRows ? undefined : rows.at(-1)
    if (last !== undefined) {
      // The database reads the next page while the caller writes this one.
      reading = read({ at: columns.read(last).at, id: readNumber(last, 'reports.id AS place') })
      // The caller may stop here; otherwise the error is thrown above.
      reading.catch(() => undefined)
    }
    if (rows.length > 0) yield rows.map((row) => columns.read(row))
    if (last === undefined) return
  }
}

interface Page extends Pick<TrackWish<never>, 'deviceId' | 'from' | 'to'> {
  readonly pageRows: number
  /** The last fix of the page before. */
  readonly after: Position | null
}

interface Position {
  readonly at: Date
  readonly id: number
}

function statement(page: Page, columns: string): [string, unknown[]] {
  const { deviceId, from, to, after, pageRows } = page
  const conditions: (readonly [string, ...unknown[]])[] = [['device_id = ?', deviceId]]
  if (from !== null) conditions.push(['at >= ?', from])
  if (to !== null) conditions.push(['at <= ?', to])
  // Written so that the index on (device, time) is entered at the right place.
  if (after !== null) conditions.push(['at >= ? AND (at > ? OR id > ?)', after.at, after.at, after.id])
  const sql = `SELECT ${columns}, reports.id AS place
    FROM reports
    WHERE ${conditions.map(([condition]) => condition).join(' AND ')}
      AND has_fix = 1 AND repeat_of_id IS NULL AND latitude IS NOT NULL AND longitude IS NOT NULL
    ORDER BY reports.at, reports.id LIMIT ${String(pageRows)}`
  return [sql, conditions.flatMap(([, ...values]) => values)]
}

function present<T>(column: Column<T | null>): Column<T> {
  return {
    ...column,
    parse: (stored) => {
      const value = column.parse(stored)
      return value === null ? WRONG : value
    },
  }
}

function readCodes(stored: unknown): readonly string[] | typeof WRONG {
  if (stored === null) return NO_CODES
  const problems = r.problems.parse(stored)
  return problems === WRONG ? WRONG : problems.map(({ code }) => code)
}
