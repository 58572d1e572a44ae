import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { problemsOfReport } from '../problems.ts'
import { type RawRow, selection } from '../sql/selection.ts'
import { type ReportRow, REPORTS } from '../tables/reports.ts'
import { selectRows } from './statement.ts'

const { modemId: _modemId, acceptedBy: _acceptedBy, createdAt: _createdAt, ...SHOWN } = REPORTS.columns
const REPORT = selection(SHOWN)

/**
 * Reports of one device, newest first by the time they refer to. The caller has found the device within its scope.
 *
 * @param args `from` and `to` are both inclusive; `after` is the keyset of the last row already seen
 */
export async function listReports(
  db: Database,
  args: {
    readonly deviceId: number
    readonly from?: Date | undefined
    readonly to?: Date | undefined
    readonly after?: { readonly at: Date; readonly id: number } | null
    readonly limit: number
  },
  tx?: Transaction,
): Promise<readonly ReportRow[]> {
  const { deviceId, from, to, after, limit } = args
  const conditions: readonly { readonly sql: string; readonly values: readonly unknown[] }[] = [
    { sql: 'device_id = ?', values: [deviceId] },
    ...(from === undefined ? [] : [{ sql: 'at >= ?', values: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'at <= ?', values: [to] }]),
    // The list's keyset condition, written so that its index is used.
    ...(after === null || after === undefined
      ? []
      : [{ sql: 'at <= ? AND (at < ? OR id < ?)', values: [after.at, after.at, after.id] }]),
  ]
  const rows = await selectRows(
    db,
    `SELECT ${REPORT.sql} FROM reports WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
     ORDER BY reports.at DESC, reports.id DESC LIMIT ?`,
    [...conditions.flatMap(({ values }) => values), limit],
    tx,
  )
  return rows.map(readReport)
}

/** Reports of these messages, by message id. */
export async function findReportsOfMessages(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, ReportRow>> {
  if (args.messageIds.length === 0) return new Map()
  const sql = `SELECT ${REPORT.sql} FROM reports WHERE message_id IN (?)`
  const rows = (await selectRows(db, sql, [args.messageIds], tx)).map(readReport)
  return new Map(rows.map((row) => [row.messageId, row]))
}

function readReport(row: RawRow): ReportRow {
  const report = REPORT.read(row)
  const problems = problemsOfReport(report)
  return problems === report.problems ? report : { ...report, problems }
}
