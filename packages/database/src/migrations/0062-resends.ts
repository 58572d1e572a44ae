/** A delivery that a person had sent again, and what it was sent again as. */
import { BIGINT, may } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, dropColumn } from './schema-change.ts'

const TABLE = 'outbound_messages'
const COLUMNS = ['resend_of', 'resent_as']

export const resends: Migration = {
  name: '0062-resends',
  async up(context) {
    for (const column of COLUMNS) await addColumn(context, { table: TABLE, column, kind: may(BIGINT) })
  },
  async down(context) {
    for (const column of COLUMNS) await dropColumn(context, TABLE, column)
  },
}
