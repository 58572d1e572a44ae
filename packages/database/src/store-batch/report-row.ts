import type { SqlValue, Statements } from '../connection/statements.ts'
import { rowWriter } from '../sql/writer.ts'
import { REPORT_FACTS, REPORTS } from '../tables/reports.ts'
import type { NewInbound, NewReport } from './types.ts'

/** Shared by the report and its message, or known before the transaction. */
const ARRIVAL = rowWriter(REPORTS, [
  'receivedAt',
  'iridiumLatitude',
  'iridiumLongitude',
  'iridiumCepKm',
  'isIridiumReliable',
])
const WRITTEN = rowWriter(REPORTS, ['createdAt'])
/** Known only within the transaction. */
export const REPORT_PLACE = rowWriter(REPORTS, ['messageId', 'modemId', 'deviceId', 'repeatOfId'])
export const REPORT_COLUMNS = [...REPORT_FACTS.columns, ...ARRIVAL.columns, ...WRITTEN.columns, ...REPORT_PLACE.columns]

/** A report's row except {@link REPORT_PLACE}. @throws RangeError if a date is invalid */
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
