/** Browsers that are told of alerts. */
import { id, INTEGER, may, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const pushSubscriptions: Migration = {
  name: '0145-push-subscriptions',
  async up(context) {
    await createTable(context, 'push_subscriptions', {
      columns: {
        id,
        user_id: { ...must(INTEGER), ...references('users', 'CASCADE') },
        endpoint_hash: must(STRING(64)),
        endpoint: must(STRING(1000)),
        p256dh: must(STRING(100)),
        auth: must(STRING(40)),
        user_agent: may(STRING(200)),
        created_at: time,
      },
      indexes: [{ columns: ['endpoint_hash'], unique: true }, { columns: ['user_id'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('push_subscriptions', { transaction })
  },
}
