/** Accounts at the services that are paid by credits: one for each kind of target that has one, made when it is first parked. */
import { flag, id, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable } from './schema-change.ts'

export const vendorAccounts: Migration = {
  name: '0063-vendor-accounts',
  async up(context) {
    await createTable(context, 'vendor_accounts', {
      columns: {
        id,
        kind: must(STRING(16)),
        state: { ...must(STRING(16)), defaultValue: 'active' },
        reason_code: may(STRING(64)),
        reason_detail: may(STRING(500)),
        state_changed_at: time,
        draining: flag,
        probe_at: timeOrNull,
        workflow_id: may(STRING(200)),
        workflow_started_at: timeOrNull,
      },
      indexes: [{ columns: ['kind'], unique: true }],
    })
  },
  async down({ queryInterface, transaction }) {
    await queryInterface.dropTable('vendor_accounts', { transaction })
  },
}
