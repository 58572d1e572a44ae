/** What people are told of: rules of a group, alerts, and an outbox of what was told to whom. */
import { BIGINT, bigId, INTEGER, longText, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const alerts: Migration = {
  name: '0080-alerts',
  async up(context) {
    await createTable(context, 'alert_rules', {
      columns: {
        group_id: { ...must(INTEGER), primaryKey: true, ...references('groups', 'CASCADE') },
        rules: must(longText(context)),
        updated_at: time,
      },
      indexes: [],
    })
    await createTable(context, 'alerts', {
      columns: {
        id: bigId,
        kind: must(STRING(32)),
        group_id: { ...may(INTEGER), ...references('groups', 'CASCADE') },
        device_id: { ...may(INTEGER), ...references('devices', 'CASCADE') },
        open_key: may(STRING(100)),
        summary: must(STRING(300)),
        advice: must(STRING(500)),
        since: time,
        opened_at: time,
        ended_at: timeOrNull,
        acknowledged_at: timeOrNull,
        acknowledged_by: may(STRING(120)),
      },
      indexes: [
        { columns: ['open_key'], unique: true },
        { columns: ['group_id', 'id'] },
        { columns: ['device_id'] },
        { columns: ['kind', 'id'] },
      ],
    })
    await createTable(context, 'alert_notices', {
      columns: {
        id: bigId,
        alert_id: { ...must(BIGINT), ...references('alerts', 'CASCADE') },
        channel: must(STRING(16)),
        address: must(STRING(254)),
        phase: must(STRING(16)),
        due_at: timeOrNull,
        attempts: { ...must(INTEGER), defaultValue: 0 },
        sent_at: timeOrNull,
        last_error: may(STRING(200)),
      },
      indexes: [{ columns: ['alert_id', 'phase', 'channel', 'address'], unique: true }, { columns: ['due_at'] }],
    })
    await createTable(context, 'alert_watch', {
      columns: { id: { ...must(INTEGER), primaryKey: true }, holder: must(STRING(64)), until: time },
      indexes: [],
    })
  },
  async down({ queryInterface, transaction }) {
    for (const table of ['alert_watch', 'alert_notices', 'alerts', 'alert_rules']) {
      await queryInterface.dropTable(table, { transaction })
    }
  },
}
