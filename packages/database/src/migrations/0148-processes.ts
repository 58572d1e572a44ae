/** Which processes are alive, and which of them began an attempt. */
import { BIGINT, may, must, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, createTable, dropColumn } from './schema-change.ts'

const TABLE = 'processes'
const ATTEMPTS = 'delivery_attempts'
const COLUMN = 'process_id'

export const processes: Migration = {
  name: '0148-processes',
  async up(context) {
    await createTable(context, TABLE, {
      columns: {
        id: { ...must(BIGINT), primaryKey: true },
        /** By the database's own clock. */
        beat_at: time,
      },
      indexes: [{ columns: ['beat_at'] }],
    })
    await addColumn(context, { table: ATTEMPTS, column: COLUMN, kind: may(BIGINT) })
  },
  async down(context) {
    await dropColumn(context, ATTEMPTS, COLUMN)
    await context.queryInterface.dropTable(TABLE, { transaction: context.transaction })
  },
}
