import { columnTime, type Statement, type Statements } from '../connection/statements.ts'
import { marks } from './values.ts'

/**
 * Reopens messages for processing, because of what has become of them since: the sweep starts their workflows. Existing
 * deliveries remain the only ones for their routes. Skips imports: those were processed elsewhere.
 */
export function reopenStatement(dialect: Statements['dialect'], messageIds: readonly number[]): Statement {
  return {
    sql: `UPDATE inbound_messages SET state = 'accepted', reopened_at = ?, workflow_started_at = NULL
      WHERE id IN (${marks(messageIds.length)}) AND state IN ('accepted', 'processed') AND verified_by <> 'import'`,
    values: [columnTime(dialect, new Date()), ...messageIds],
  }
}
