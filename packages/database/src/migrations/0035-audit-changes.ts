/** From where something was done, and how the thing was before and after. */
import { longText, may, STRING } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const TABLE = 'audit_log'

export const auditChanges: Migration = {
  name: '0035-audit-changes',
  async up(context) {
    await addColumn(context, { table: TABLE, column: 'address', kind: may(STRING(45)) })
    await addColumn(context, { table: TABLE, column: 'before_state', kind: may(longText(context)) })
    await addColumn(context, { table: TABLE, column: 'after_state', kind: may(longText(context)) })
  },
  async down(context) {
    for (const column of ['after_state', 'before_state', 'address']) await dropColumn(context, TABLE, column)
  },
}
