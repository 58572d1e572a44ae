/**
 * What changed, for whoever listens: written in the transaction of the change, never changed, removed when old. Messages are not
 * among them: their own table says when they came.
 */
import { BIGINT, bigId, may, must, STRING, TEXT, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable } from './schema-change.ts'

export const events: Migration = {
  name: '0051-events',
  async up(context) {
    await createTable(context, 'events', {
      columns: { id: bigId, kind: must(STRING(16)), subject_id: must(BIGINT), data: may(TEXT), at: time },
      // Read and removed in the order of its ids only.
      indexes: [],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('events', { transaction })
  },
}
