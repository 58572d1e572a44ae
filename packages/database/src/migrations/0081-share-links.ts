/** A look at one device for people without an account. */
import { id, INTEGER, may, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const shareLinks: Migration = {
  name: '0081-share-links',
  async up(context) {
    await createTable(context, 'share_links', {
      columns: {
        id,
        token_hash: must(STRING(64)),
        device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
        label: may(STRING(100)),
        created_by: must(STRING(120)),
        created_at: time,
        expires_at: time,
      },
      indexes: [{ columns: ['token_hash'], unique: true }, { columns: ['device_id'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('share_links', { transaction })
  },
}
