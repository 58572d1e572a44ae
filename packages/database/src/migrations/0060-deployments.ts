/**
 * A device's times at sea. A track outside of them (on the bench, on the truck) is of no use to science, so exports are
 * bounded by them.
 */
import { id, INTEGER, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const deployments: Migration = {
  name: '0060-deployments',
  async up(context) {
    await createTable(context, 'deployments', {
      columns: {
        id,
        device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
        from_at: time,
        to_at: timeOrNull,
        place: may(STRING(100)),
        purpose: may(STRING(500)),
        created_at: time,
      },
      indexes: [{ columns: ['device_id', 'from_at'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('deployments', { transaction })
  },
}
