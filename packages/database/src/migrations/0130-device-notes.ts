/** What people write down about a device. */
import { id, INTEGER, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const deviceNotes: Migration = {
  name: '0130-device-notes',
  async up(context) {
    await createTable(context, 'device_notes', {
      columns: {
        id,
        device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
        text: must(STRING(2000)),
        created_by: must(STRING(120)),
        created_at: time,
      },
      indexes: [{ columns: ['device_id', 'id'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('device_notes', { transaction })
  },
}
