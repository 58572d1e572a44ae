/** Accounts at an identity provider, and log-ins there that are under way. */
import { id, INTEGER, may, must, STRING, time } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

export const identities: Migration = {
  name: '0147-identities',
  async up(context) {
    await createTable(context, 'identities', {
      columns: {
        id,
        user_id: { ...must(INTEGER), ...references('users', 'CASCADE') },
        issuer: must(STRING(255)),
        subject: must(STRING(255)),
        created_at: time,
      },
      indexes: [{ columns: ['issuer', 'subject'], unique: true }, { columns: ['user_id'] }],
    })
    await createTable(context, 'sign_ins', {
      columns: {
        id,
        secret_hash: must(STRING(64)),
        state: must(STRING(128)),
        nonce: must(STRING(128)),
        verifier: must(STRING(128)),
        user_id: { ...may(INTEGER), ...references('users', 'CASCADE') },
        expires_at: time,
      },
      indexes: [{ columns: ['secret_hash'], unique: true }, { columns: ['expires_at'] }],
    })
  },
  async down({ queryInterface, transaction }) {
    for (const table of ['sign_ins', 'identities']) await queryInterface.dropTable(table, { transaction })
  },
}
