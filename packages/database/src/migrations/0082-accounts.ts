/** Sessions say where they are, passwords are reset by link, and an account may have a second factor. */
import { BIGINT, id, INTEGER, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { addColumn, createTable, dropColumn, references } from './schema-change.ts'

const COLUMNS = [
  ['sessions', 'address', may(STRING(45))],
  ['sessions', 'user_agent', may(STRING(200))],
  ['users', 'totp_secret', may(STRING(64))],
  ['users', 'totp_since', timeOrNull],
  ['users', 'totp_last_step', may(BIGINT)],
] as const

export const accounts: Migration = {
  name: '0082-accounts',
  async up(context) {
    for (const [table, column, kind] of COLUMNS) await addColumn(context, { table, column, kind })
    await createTable(context, 'password_resets', {
      columns: {
        id,
        user_id: { ...must(INTEGER), ...references('users', 'CASCADE') },
        token_hash: must(STRING(64)),
        created_at: time,
        expires_at: time,
      },
      indexes: [{ columns: ['token_hash'], unique: true }, { columns: ['user_id'] }],
    })
  },
  async down(context) {
    await context.queryInterface.dropTable('password_resets', { transaction: context.transaction })
    for (const [table, column] of COLUMNS) await dropColumn(context, table, column)
  },
}
