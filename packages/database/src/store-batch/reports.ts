import type { NewReport, StoredReport } from './types.ts'
import type { PlacedMessage } from './messages.ts'
import { eventsOf, eventsStatement } from '../queries/events.ts'
import { readNumber } from '../queries/statement.ts'
import { columnTime, type Row, type SqlValue, type Statement, type Statements } from '../connection/statements.ts'
import { problemsOfReport, REPEAT } from '../problems.ts'
import { insertStatement } from './insert-rows.ts'
import { type ConfirmedFix, judgeFixes } from './judge-fixes.ts'
import type { BeliefRules } from './plausible.ts'
import { reopenStatement } from './reopen.ts'
import { REPORT_COLUMNS, REPORT_PLACE, reportRow } from './report-row.ts'
import { fixKey, type Reporting, reportingOf } from './reporting.ts'
import { decodedWith } from './kept-time.ts'
import { findSameFixes, type FirstReport, repeatsWithin } from './same-fixes.ts'
import { keepTimesOfFix } from './same-payload.ts'
import { marks } from './values.ts'

/** The outcome for a new report. */
export interface SettledReport {
  readonly report: NewReport
  readonly isRepeat: boolean
}

/** Statements that write the reports of a batch, and the reader of their ids. */
export interface PlannedReports {
  readonly statements: readonly Statement[]
  /** By message id. */
  readonly settled: ReadonlyMap<number, SettledReport>
  /** Earlier suspect fixes that become trusted. */
  readonly confirmed: readonly ConfirmedFix[]
  /** The reports as stored, by message id. @param results the rows of each statement */
  read(results: readonly Row[][]): ReadonlyMap<number, StoredReport>
}

/**
 * Determines which reports of the new messages repeat an earlier one and which are suspect, and returns the statements
 * that write them all.
 */
export async function planReports(
  sql: Statements,
  placed: readonly PlacedMessage[],
  rules: BeliefRules,
): Promise<PlannedReports> {
  const found = reportingOf(placed)
  if (found.length === 0) return { statements: [], settled: new Map(), confirmed: [], read: () => new Map() }
  const dated = await keepTimesOfFix(sql, found)
  const earlier = await findSameFixes(sql, dated)
  const within = repeatsWithin(dated, earlier)
  const isRepeat = (one: Reporting): boolean => within.has(one.message.id) || earlierOf(one, earlier) !== null
  const { suspects, confirmed } = await judgeFixes(
    sql,
    dated.filter((one) => !isRepeat(one)),
    rules,
  )
  // A repeat is trusted as far as what it repeats.
  const isSuspect = (one: Reporting): boolean =>
    suspects.has(within.get(one.message.id) ?? one.message.id) || earlierOf(one, earlier)?.isSuspect === true
  const reporting = dated.map((one) => (isSuspect(one) ? asSuspect(sql, one) : one))

  const values: SqlValue[] = []
  for (const one of reporting) {
    const { id, device } = one.message
    const place = {
      messageId: id,
      modemId: one.modemId,
      deviceId: device?.deviceId ?? null,
      repeatOfId: earlierOf(one, earlier)?.id ?? null,
    }
    values.push(...one.row, ...REPORT_PLACE.write(sql.dialect, place))
  }
  const inserts = insertStatements(sql, reporting, values)
  return {
    statements: [
      ...inserts,
      ...[...within].map(([repeat, first]) => markRepeat(repeat, first)),
      ...reporting.flatMap((one) => (isRepeat(one) ? [markMessage(one)] : [])),
      ...confirmStatements(sql, confirmed),
    ],
    settled: new Map(reporting.map((one) => [one.message.id, { report: one.report, isRepeat: isRepeat(one) }])),
    confirmed,
    read(results) {
      const rows = results[inserts.length - 1] ?? []
      const ids = new Map(rows.map((row) => [readNumber(row, 'reports.message_id'), readNumber(row, 'reports.id')]))
      return new Map(
        reporting.map((one) => {
          const { message, report } = one
          const first = within.get(message.id)
          const repeatOfId = first === undefined ? (earlierOf(one, earlier)?.id ?? null) : idOf(ids, first)
          return [message.id, toStored(message, report, { id: idOf(ids, message.id), repeatOfId })]
        }),
      )
    },
  }
}

function asSuspect(sql: Statements, one: Reporting): Reporting {
  const report = { ...one.report, quality: 'suspect' as const }
  return { ...one, report, row: reportRow(sql.dialect, one.message.item, report, new Date()) }
}

/** The last of them returns the ids. */
function insertStatements(
  sql: Statements,
  reporting: readonly Reporting[],
  values: readonly SqlValue[],
): readonly Statement[] {
  const tail = sql.canReturn ? ' RETURNING id, message_id' : ''
  const insert = insertStatement(sql.dialect, { table: 'reports', columns: REPORT_COLUMNS, values, tail })
  if (sql.canReturn) return [insert]
  const messageIds = reporting.map(({ message }) => message.id)
  const select = `SELECT id, message_id FROM reports WHERE message_id IN (${marks(messageIds.length)})`
  return [insert, { sql: select, values: messageIds }]
}

/** The report that this one repeats, if that existed before the batch. */
function earlierOf({ report, modemId }: Reporting, earlier: ReadonlyMap<string, FirstReport>): FirstReport | null {
  if (earlier.size === 0) return null
  return earlier.get(fixKey(modemId, report) ?? '') ?? null
}

/** Neither report has an id yet. MySQL can read the table being changed only from inside a second SELECT. */
function markRepeat(repeatMessageId: number, firstMessageId: number): Statement {
  const first = 'SELECT id FROM (SELECT id FROM reports WHERE message_id = ?) AS first_report'
  return {
    sql: `UPDATE reports SET repeat_of_id = (${first}) WHERE message_id = ?`,
    values: [firstMessageId, repeatMessageId],
  }
}

/** The message is marked too, and its decoded value gets the fix's corrected time. */
function markMessage({ message, report }: Reporting): Statement {
  const { item, id } = message
  const problems = JSON.stringify([...item.problems, REPEAT])
  const decoded = decodedWith(item.decoded, report)
  return decoded === null
    ? { sql: 'UPDATE inbound_messages SET problems = ? WHERE id = ?', values: [problems, id] }
    : {
        sql: 'UPDATE inbound_messages SET problems = ?, decoded = ? WHERE id = ?',
        values: [problems, JSON.stringify(decoded), id],
      }
}

/** `null` if it says the same already. */
/** Their messages are processed again: where they were not sent, they are now. */
function confirmStatements(sql: Statements, confirmed: readonly ConfirmedFix[]): readonly Statement[] {
  if (confirmed.length === 0) return []
  const messageIds = confirmed.map(({ messageId }) => messageId)
  return [
    {
      sql: `UPDATE reports SET quality = 'good' WHERE message_id IN (${marks(messageIds.length)})`,
      values: messageIds,
    },
    // Its repeats too.
    ...confirmed.map(({ modemId, at }) => ({
      sql: `UPDATE reports SET quality = 'good' WHERE modem_id = ? AND fix_at = ? AND quality = 'suspect'`,
      values: [modemId, columnTime(sql.dialect, at)],
    })),
    reopenStatement(sql.dialect, messageIds),
    eventsStatement(sql.dialect, eventsOf('report', messageIds)),
  ]
}

function toStored(
  { id: messageId, item }: PlacedMessage,
  report: NewReport,
  { id, repeatOfId }: { id: number; repeatOfId: number | null },
): StoredReport {
  const problems = problemsOfReport({ problems: report.problems, repeatOfId, quality: report.quality })
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
    // Last: with fields added after it, a spread takes V8 forty times as long, for every message.
    ...(problems === report.problems ? report : { ...report, problems }),
  }
}

function idOf(ids: ReadonlyMap<number, number>, messageId: number): number {
  const id = ids.get(messageId)
  if (id === undefined) throw new Error('a report that was just written is missing')
  return id
}
