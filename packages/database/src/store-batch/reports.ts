import type { NewInbound, NewReport, StoredReport } from './types.ts'
import type { PlacedMessage } from './messages.ts'
import { columnTime, type Row, type SqlValue, type Statement, type Statements } from '../connection/statements.ts'
import { rowWriter } from '../sql/writer.ts'
import { REPORT_FACTS, REPORTS } from '../tables/reports.ts'
import { insertStatement } from './insert-rows.ts'
import { marks, pairs, readTime } from './values.ts'

/** What is the same for the report and its message, or known before the transaction. */
const ARRIVAL = rowWriter(REPORTS, [
  'receivedAt',
  'iridiumLatitude',
  'iridiumLongitude',
  'iridiumCepKm',
  'isIridiumReliable',
])
const WRITTEN = rowWriter(REPORTS, ['createdAt'])
/** What only the transaction can tell. */
const PLACE = rowWriter(REPORTS, ['messageId', 'modemId', 'deviceId', 'repeatOfId'])
const COLUMNS = [...REPORT_FACTS.columns, ...ARRIVAL.columns, ...WRITTEN.columns, ...PLACE.columns]

/** A message with a report and the modem it came by. */
interface Reporting {
  readonly message: PlacedMessage
  readonly report: NewReport
  readonly row: readonly SqlValue[]
  readonly modemId: number
  /** Modem and fix in one string, null without a fix: what makes a repeat. */
  readonly fixKey: string | null
}

/** What writes the reports of a batch, and what reads their ids back. */
export interface PlannedReports {
  readonly statements: readonly Statement[]
  /** The reports as stored, by message id. @param results the rows of each statement */
  read(results: readonly Row[][]): ReadonlyMap<number, StoredReport>
}

/** Finds out which reports of the new messages repeat an earlier one, and answers what writes them all. */
export async function planReports(sql: Statements, placed: readonly PlacedMessage[]): Promise<PlannedReports> {
  const reporting = placed.flatMap((message): Reporting[] => {
    const { report } = message.item
    const { isNew, reportRow: row } = message
    if (!isNew || report === null || row === null || message.modem === null) return []
    const modemId = message.modem.id
    return [{ message, report, row, modemId, fixKey: fixKey(modemId, report) }]
  })
  if (reporting.length === 0) return { statements: [], read: () => new Map() }

  const earlier = await findFixes(sql, reporting)
  const within = repeatsWithin(reporting, earlier)
  const values: SqlValue[] = []
  for (const one of reporting) {
    const { id, device } = one.message
    const place = {
      messageId: id,
      modemId: one.modemId,
      deviceId: device?.deviceId ?? null,
      repeatOfId: earlierOf(one, earlier),
    }
    values.push(...one.row, ...PLACE.write(sql.dialect, place))
  }
  const inserts = insertStatements(sql, reporting, values)
  return {
    statements: [...inserts, ...[...within].map(([repeat, first]) => markRepeat(repeat, first))],
    read(results) {
      const rows = results[inserts.length - 1] ?? []
      const ids = new Map(rows.map((row) => [Number(row['message_id']), Number(row['id'])]))
      return new Map(
        reporting.map((one) => {
          const { message, report } = one
          const first = within.get(message.id)
          const repeatOfId = first === undefined ? earlierOf(one, earlier) : idOf(ids, first)
          return [message.id, toStored(message, report, { id: idOf(ids, message.id), repeatOfId })]
        }),
      )
    },
  }
}

/** The last of them answers the ids. */
function insertStatements(
  sql: Statements,
  reporting: readonly Reporting[],
  values: readonly SqlValue[],
): readonly Statement[] {
  const tail = sql.canReturn ? ' RETURNING id, message_id' : ''
  const insert = insertStatement(sql.dialect, { table: 'reports', columns: COLUMNS, values, tail })
  if (sql.canReturn) return [insert]
  const messageIds = reporting.map(({ message }) => message.id)
  const select = `SELECT id, message_id FROM reports WHERE message_id IN (${marks(messageIds.length)})`
  return [insert, { sql: select, values: messageIds }]
}

/** The id of the report that this one repeats, where that one was there before the batch. */
function earlierOf({ fixKey: key }: Reporting, earlier: ReadonlyMap<string, number>): number | null {
  return key === null ? null : (earlier.get(key) ?? null)
}

/** The reports there already with the same fix of the same modem, by fix. */
async function findFixes(sql: Statements, reporting: readonly Reporting[]): Promise<ReadonlyMap<string, number>> {
  // A fix that is newer than all before repeats none of them: that is the rule, and needs no look.
  const fixes = reporting.flatMap(({ message, report: { fixAt }, modemId, fixKey: key }) => {
    const newest = message.modem?.newestFixAt ?? null
    return key === null || fixAt === null || newest === null || fixAt > newest
      ? []
      : [modemId, columnTime(sql.dialect, fixAt)]
  })
  if (fixes.length === 0) return new Map()
  const count = fixes.length / 2
  // The two say "pairs" in their own way; both use the index on (modem_id, fix_at) with it.
  const list = sql.dialect === 'sqlite' ? `VALUES ${pairs(count)}` : pairs(count)
  const rows = await sql.all(
    `SELECT id, modem_id, fix_at, latitude, longitude FROM reports
     WHERE (modem_id, fix_at) IN (${list}) AND repeat_of_id IS NULL ORDER BY id DESC`,
    fixes,
  )
  const known = new Map<string, number>()
  for (const row of rows) {
    const key = fixKey(Number(row['modem_id']), {
      hasFix: true,
      fixAt: readTime(row['fix_at']),
      latitude: row['latitude'] === null ? null : Number(row['latitude']),
      longitude: row['longitude'] === null ? null : Number(row['longitude']),
    })
    // Newest first, so the oldest stays: the first report is the one that all others repeat.
    if (key !== null) known.set(key, Number(row['id']))
  }
  return known
}

/** Which reports repeat one of the same batch, as message ids: the repeat's, and the first one's. */
function repeatsWithin(
  reporting: readonly Reporting[],
  earlier: ReadonlyMap<string, number>,
): ReadonlyMap<number, number> {
  const firsts = new Map<string, number>()
  const repeats = new Map<number, number>()
  for (const { message, fixKey: key } of reporting) {
    if (key === null || earlier.has(key)) continue
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, message.id)
    else repeats.set(message.id, first)
  }
  return repeats
}

/** Neither report has an id yet. MySQL reads the table it changes only from behind a second SELECT. */
function markRepeat(repeatMessageId: number, firstMessageId: number): Statement {
  const first = 'SELECT id FROM (SELECT id FROM reports WHERE message_id = ?) AS first_report'
  return {
    sql: `UPDATE reports SET repeat_of_id = (${first}) WHERE message_id = ?`,
    values: [firstMessageId, repeatMessageId],
  }
}

function fixKey(
  modemId: number,
  { hasFix, fixAt, latitude, longitude }: Pick<NewReport, 'hasFix' | 'fixAt' | 'latitude' | 'longitude'>,
): string | null {
  if (!hasFix || fixAt === null || latitude === null || longitude === null) return null
  // A hundred-millionth of a degree is a millimetre: whatever a database makes of the last digit of a double is below it.
  return `${modemId} ${fixAt.getTime()} ${Math.round(latitude * 1e8)} ${Math.round(longitude * 1e8)}`
}

/** A report's row but for {@link PLACE}. @throws RangeError if a date is invalid */
export function reportRow(
  dialect: Statements['dialect'],
  item: NewInbound,
  report: NewReport,
  now: Date,
): readonly SqlValue[] {
  return [
    ...REPORT_FACTS.write(dialect, report),
    ...ARRIVAL.write(dialect, item),
    ...WRITTEN.write(dialect, { createdAt: now }),
  ]
}

function toStored(
  { id: messageId, item }: PlacedMessage,
  report: NewReport,
  { id, repeatOfId }: { id: number; repeatOfId: number | null },
): StoredReport {
  const { iridiumLatitude: latitudeDegrees, iridiumLongitude: longitudeDegrees, iridiumCepKm: cepKm } = item
  return {
    id,
    messageId,
    receivedAt: item.receivedAt,
    iridium:
      latitudeDegrees === null || longitudeDegrees === null
        ? null
        : { latitudeDegrees, longitudeDegrees, cepKm, isReliable: item.isIridiumReliable },
    repeatOfId,
    // Last: with fields added behind it, V8 takes forty times as long over a spread, for every message.
    ...report,
  }
}

function idOf(ids: ReadonlyMap<number, number>, messageId: number): number {
  const id = ids.get(messageId)
  if (id === undefined) throw new Error('a report that was just written is not there')
  return id
}
