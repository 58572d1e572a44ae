/** Times at which a buoy reports often because someone is on the way to it. */
import { BIGINT, bigId, DOUBLE, INTEGER, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const recoveries: Migration = {
  name: '0064-recoveries',
  async up(context) {
    await createTable(context, 'recoveries', {
      columns: {
        id: bigId,
        device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
        minutes: must(INTEGER),
        back_minutes: must(INTEGER),
        stop_below_volts: may(DOUBLE),
        credits: must(INTEGER),
        state: must(STRING(16)),
        reason: may(STRING(32)),
        command_id: { ...may(BIGINT), ...references('commands', 'SET NULL') },
        back_command_id: { ...may(BIGINT), ...references('commands', 'SET NULL') },
        requested_by: must(STRING(64)),
        created_at: time,
        ends_at: time,
        ended_at: timeOrNull,
        workflow_id: may(STRING(200)),
        workflow_started_at: timeOrNull,
      },
      indexes: [{ columns: ['device_id', 'id'] }, { columns: ['state', 'workflow_started_at'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('recoveries', { transaction })
  },
}
