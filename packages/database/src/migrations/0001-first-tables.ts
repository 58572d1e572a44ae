/**
 * The first tables: accounts, fleet, messages in, reports, routes, messages out.
 * A migration stands by itself and is never edited once it has run anywhere: it does not look at the models.
 */
import type { Migration, MigrationContext } from './migrate.ts'
import { createMessagesIn, createMessagesOut } from './0001-message-tables.ts'
import { BOOLEAN, flag, id, bigId, INTEGER, longText, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import { createTable, references } from './schema-change.ts'

async function createAccounts(context: MigrationContext): Promise<void> {
  await createTable(context, 'groups', {
    columns: { id, name: must(STRING(100)), created_at: time },
    indexes: [{ columns: ['name'], unique: true }],
  })
  await createTable(context, 'users', {
    columns: {
      id,
      email: must(STRING(254)),
      password_hash: must(STRING(255)),
      display_name: must(STRING(100)),
      is_system_admin: flag,
      disabled_at: timeOrNull,
      created_at: time,
    },
    indexes: [{ columns: ['email'], unique: true }],
  })
  await createTable(context, 'memberships', {
    columns: {
      user_id: { type: INTEGER, primaryKey: true, allowNull: false, ...references('users', 'CASCADE') },
      group_id: { type: INTEGER, primaryKey: true, allowNull: false, ...references('groups', 'CASCADE') },
      role: must(STRING(16)),
    },
    indexes: [{ columns: ['group_id'] }],
  })
  await createTable(context, 'sessions', {
    columns: {
      id,
      token_hash: must(STRING(64)),
      csrf_token: must(STRING(64)),
      user_id: { ...must(INTEGER), ...references('users', 'CASCADE') },
      created_at: time,
      last_seen_at: time,
      expires_at: time,
    },
    indexes: [{ columns: ['token_hash'], unique: true }, { columns: ['user_id'] }, { columns: ['expires_at'] }],
  })
  await createTable(context, 'api_tokens', {
    columns: {
      id,
      name: must(STRING(100)),
      token_hash: must(STRING(64)),
      group_id: { ...may(INTEGER), ...references('groups', 'CASCADE') },
      role: must(STRING(16)),
      is_system_admin: flag,
      created_by_user_id: { ...may(INTEGER), ...references('users', 'SET NULL') },
      created_at: time,
      last_used_at: timeOrNull,
      expires_at: timeOrNull,
      revoked_at: timeOrNull,
    },
    indexes: [
      { columns: ['token_hash'], unique: true },
      { columns: ['group_id'] },
      { columns: ['created_by_user_id'] },
    ],
  })
  await createTable(context, 'audit_log', {
    columns: {
      id: bigId,
      at: time,
      actor: must(STRING(120)),
      action: must(STRING(64)),
      subject: may(STRING(160)),
      detail: may(longText(context)),
      group_id: { ...may(INTEGER), ...references('groups', 'SET NULL') },
    },
    indexes: [{ columns: ['at'] }, { columns: ['group_id', 'at'] }],
  })
}

async function createFleet(context: MigrationContext): Promise<void> {
  await createTable(context, 'modems', {
    columns: {
      id,
      imei: must(STRING(15)),
      serial: may(STRING(20)),
      label: may(STRING(100)),
      claimed: flag,
      first_seen_at: timeOrNull,
      last_seen_at: timeOrNull,
      last_momsn: may(INTEGER),
      created_at: time,
    },
    indexes: [{ columns: ['imei'], unique: true }],
  })
  await createTable(context, 'devices', {
    columns: {
      id,
      iam: must(STRING(32)),
      kind: must(STRING(16)),
      label: may(STRING(100)),
      group_id: { ...must(INTEGER), ...references('groups', 'RESTRICT') },
      approved: { type: BOOLEAN, allowNull: false, defaultValue: true },
      generation: may(STRING(8)),
      created_at: time,
      updated_at: time,
      deleted_at: timeOrNull,
    },
    indexes: [{ columns: ['iam'], unique: true }, { columns: ['group_id', 'iam'] }],
  })
  await createTable(context, 'modem_assignments', {
    columns: {
      id,
      modem_id: { ...must(INTEGER), ...references('modems', 'CASCADE') },
      device_id: { ...must(INTEGER), ...references('devices', 'CASCADE') },
      from_at: time,
      to_at: timeOrNull,
      open_modem_id: may(INTEGER),
      open_device_id: may(INTEGER),
    },
    indexes: [
      { columns: ['open_modem_id'], unique: true },
      { columns: ['open_device_id'], unique: true },
      { columns: ['modem_id', 'from_at'] },
      { columns: ['device_id', 'from_at'] },
    ],
  })
}

const TABLES = [
  'delivery_attempts',
  'outbound_messages',
  'routes',
  'device_states',
  'reports',
  'inbound_messages',
  'modem_assignments',
  'devices',
  'modems',
  'audit_log',
  'api_tokens',
  'sessions',
  'memberships',
  'users',
  'groups',
]

export const firstTables: Migration = {
  name: '0001-first-tables',
  async up(context) {
    await createAccounts(context)
    await createFleet(context)
    await createMessagesIn(context)
    await createMessagesOut(context)
  },
  async down({ queryInterface, transaction }) {
    for (const table of TABLES) await queryInterface.dropTable(table, { transaction })
  },
}
