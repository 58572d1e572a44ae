import type { SqlValue, Statements } from '../connection/statements.ts'
import { messageRow } from './messages.ts'
import { reportRow } from './report-row.ts'
import type { NewInbound } from './types.ts'

/** A message with its rows, except what only the transaction can determine. */
export interface PreparedMessage {
  readonly item: NewInbound
  /** Without modem and device. */
  readonly messageRow: readonly SqlValue[]
  /** Without the ids of message, modem, device and repeated report; `null` without a report. */
  readonly reportRow: readonly SqlValue[] | null
}

/** Work that needs no database, done before the transaction, so that another batch can be written meanwhile. */
export function prepareMessages(
  dialect: Statements['dialect'],
  items: readonly NewInbound[],
): readonly PreparedMessage[] {
  const now = new Date()
  return items.map((item) => ({
    item,
    messageRow: messageRow(dialect, item, now),
    reportRow: item.report === null ? null : reportRow(dialect, item, item.report, now),
  }))
}
