/** Codes for the day the second factor is lost, and how each session was begun. */
import { id, INTEGER, may, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, createTable, dropColumn, references } from './schema-change.ts'

export const recoveryCodes: Migration = {
  name: '0146-recovery-codes',
  async up(context) {
    await addColumn(context, { table: 'sessions', column: 'method', kind: may(STRING(32)) })
    await createTable(context, 'recovery_codes', {
      columns: {
        id,
        user_id: { ...must(INTEGER), ...references('users', 'CASCADE') },
        code_hash: must(STRING(64)),
        created_at: time,
      },
      indexes: [{ columns: ['code_hash'], unique: true }, { columns: ['user_id'] }],
    })
  },
  async down(context) {
    await context.queryInterface.dropTable('recovery_codes', { transaction: context.transaction })
    await dropColumn(context, 'sessions', 'method')
  },
}
