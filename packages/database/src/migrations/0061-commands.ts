/**
 * What a device was told to do, and whether it did. The message that carries a command is a row of `outbound_messages`;
 * this one outlives it: the device's own reports decide it hours later.
 */
import { BIGINT, bigId, INTEGER, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const commands: Migration = {
  name: '0061-commands',
  async up(context) {
    await createTable(context, 'commands', {
      columns: {
        id: bigId,
        group_id: { ...must(INTEGER), ...references('groups', 'CASCADE') },
        device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
        kind: must(STRING(16)),
        value: must(INTEGER),
        generation: must(STRING(8)),
        text: must(STRING(64)),
        credits: must(INTEGER),
        state: must(STRING(16)),
        reason: may(STRING(32)),
        outbound_id: { ...may(BIGINT), ...references('outbound_messages', 'SET NULL') },
        requested_by: must(STRING(64)),
        expected_from: timeOrNull,
        expected_to: timeOrNull,
        answered_by: timeOrNull,
        created_at: time,
        decided_at: timeOrNull,
        decided_by_message_id: { ...may(BIGINT), ...references('inbound_messages', 'SET NULL') },
      },
      indexes: [{ columns: ['device_id', 'state', 'id'] }, { columns: ['outbound_id'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('commands', { transaction })
  },
}
