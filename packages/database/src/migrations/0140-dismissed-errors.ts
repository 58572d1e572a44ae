/** What a person has looked at and put aside: a message in quarantine, or a delivery that failed. */
import { BIGINT, id, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable } from './schema-change.ts'

export const dismissedErrors: Migration = {
  name: '0140-dismissed-errors',
  async up(context) {
    await createTable(context, 'dismissed_errors', {
      columns: {
        id,
        kind: must(STRING(16)),
        subject_id: must(BIGINT),
        as_of: time,
        dismissed_by: must(STRING(120)),
        created_at: time,
      },
      indexes: [{ columns: ['kind', 'subject_id'], unique: true }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('dismissed_errors', { transaction })
  },
}
