/** When a delivery is tried again: whoever looks at it before leaves it alone. */
import { timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const COLUMN = 'retry_at'

export const retryTimes: Migration = {
  name: '0041-retry-times',
  up: (context) => addColumn(context, { table: 'outbound_messages', column: COLUMN, kind: timeOrNull }),
  down: (context) => dropColumn(context, 'outbound_messages', COLUMN),
}
