/** Which routes matched a message and sent nothing, and why: a list as JSON, empty for messages of before. */
import { longText, may } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const COLUMN = 'skipped_routes'

export const skippedRoutes: Migration = {
  name: '0003-skipped-routes',
  up: (context) => addColumn(context, { table: 'inbound_messages', column: COLUMN, kind: may(longText(context)) }),
  down: (context) => dropColumn(context, 'inbound_messages', COLUMN),
}
