/** Whose a buoy is: a handset's commands reach its own buoy. */
import { INTEGER, may } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, addIndex, dropColumn, dropIndex, dropReference, references } from './schema-change.ts'

const TABLE = 'devices'
const COLUMN = 'owner_id'

export const deviceOwners: Migration = {
  name: '0071-device-owners',
  async up(context) {
    const kind = { ...may(INTEGER), ...references(TABLE, 'SET NULL') }
    await addColumn(context, { table: TABLE, column: COLUMN, kind })
    await addIndex(context, TABLE, { columns: [COLUMN] })
  },
  async down(context) {
    await dropReference(context, TABLE, COLUMN)
    await dropIndex(context, TABLE, [COLUMN])
    await dropColumn(context, TABLE, COLUMN)
  },
}
