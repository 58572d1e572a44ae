/** When a delivery last asked for a workflow anew: starts from before that no longer count. */
import { timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const TABLE = 'outbound_messages'
const COLUMN = 'released_at'

export const releasedDeliveries: Migration = {
  name: '0149-released-deliveries',
  async up(context) {
    await addColumn(context, { table: TABLE, column: COLUMN, kind: timeOrNull })
  },
  async down(context) {
    await dropColumn(context, TABLE, COLUMN)
  },
}
