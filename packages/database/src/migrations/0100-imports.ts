/** How far the messages of another database were taken over, so that the same import can be run again and again. */
import { BIGINT, id, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable } from './schema-change.ts'

export const imports: Migration = {
  name: '0100-imports',
  async up(context) {
    await createTable(context, 'imports', {
      columns: {
        id,
        source: must(STRING(100)),
        last_id: must(BIGINT),
        created_at: time,
        updated_at: time,
      },
      indexes: [{ columns: ['source'], unique: true }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('imports', { transaction })
  },
}
