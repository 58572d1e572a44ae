/**
 * The first tables: accounts, fleet, messages in, reports, routes, messages out.
 * A migration stands by itself and is never edited once it has run anywhere: it does not look at the models.
 */
import { DataTypes } from 'sequelize'

import type { Migration, MigrationContext } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

const { BIGINT, BLOB, BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TEXT } = DataTypes

const id = { type: INTEGER, primaryKey: true, autoIncrement: true, allowNull: false }
const bigId = { type: BIGINT, primaryKey: true, autoIncrement: true, allowNull: false }
const must = <T>(type: T) => ({ type, allowNull: false })
const may = <T>(type: T) => ({ type, allowNull: true })
/** 16 MiB in MySQL, where plain TEXT ends at 64 KiB; SQLite's TEXT has no such end. */
const longText = ({ dialect }: MigrationContext) => (dialect === 'mysql' ? TEXT('medium') : TEXT)
const time = must(DATE(3))
const timeOrNull = may(DATE(3))
const flag = { type: BOOLEAN, allowNull: false, defaultValue: false }

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
    indexes: [{ columns: ['imei'], unique: true }, { columns: ['last_seen_at'] }],
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

async function createMessagesIn(context: MigrationContext): Promise<void> {
  await createTable(context, 'inbound_messages', {
    columns: {
      id: bigId,
      duplicate_key: must(STRING(160)),
      format: must(STRING(16)),
      imei: may(STRING(15)),
      serial: may(STRING(20)),
      momsn: may(INTEGER),
      transmit_time: timeOrNull,
      received_at: time,
      state: must(STRING(16)),
      reason_code: may(STRING(64)),
      reason_detail: may(STRING(500)),
      packet_type: may(STRING(16)),
      verified_by: must(STRING(16)),
      verification_note: may(STRING(64)),
      source_address: may(STRING(64)),
      content_type: may(STRING(120)),
      raw_body: must(BLOB('medium')),
      payload: may(BLOB('medium')),
      decoded: may(longText(context)),
      iridium_latitude: may(DOUBLE),
      iridium_longitude: may(DOUBLE),
      iridium_cep_km: may(DOUBLE),
      session_status: may(INTEGER),
      copies: { ...must(INTEGER), defaultValue: 0 },
      last_copy_at: timeOrNull,
      modem_id: { ...may(INTEGER), ...references('modems', 'SET NULL') },
      device_id: { ...may(INTEGER), ...references('devices', 'SET NULL') },
      workflow_id: may(STRING(200)),
      workflow_started_at: timeOrNull,
      processed_at: timeOrNull,
      created_at: time,
    },
    indexes: [
      { columns: ['duplicate_key'], unique: true },
      { columns: ['modem_id', 'id'] },
      { columns: ['device_id', 'id'] },
      { columns: ['state', 'id'] },
      { columns: ['received_at'] },
    ],
  })
  await createTable(context, 'reports', {
    columns: {
      id: bigId,
      message_id: { ...must(BIGINT), ...references('inbound_messages', 'CASCADE') },
      modem_id: { ...must(INTEGER), ...references('modems', 'CASCADE') },
      device_id: { ...may(INTEGER), ...references('devices', 'SET NULL') },
      packet_type: must(STRING(16)),
      at: time,
      received_at: time,
      fix_at: timeOrNull,
      has_fix: flag,
      latitude: may(DOUBLE),
      longitude: may(DOUBLE),
      sog_knots: may(DOUBLE),
      cog_degrees: may(DOUBLE),
      battery_volts: may(DOUBLE),
      battery_percent: may(DOUBLE),
      interval_minutes: may(DOUBLE),
      sleep_minutes: may(DOUBLE),
      reason_code: may(INTEGER),
      reason: may(STRING(32)),
      status: may(STRING(8)),
      beacon_on: may(BOOLEAN),
      fix_skew_seconds: may(DOUBLE),
      source: must(STRING(16)),
      iridium_latitude: may(DOUBLE),
      iridium_longitude: may(DOUBLE),
      iridium_cep_km: may(DOUBLE),
      repeat_of_id: may(BIGINT),
      problems: may(longText(context)),
      created_at: time,
    },
    indexes: [
      { columns: ['message_id'], unique: true },
      { columns: ['device_id', 'at'] },
      { columns: ['modem_id', 'fix_at'] },
    ],
  })
  await createTable(context, 'device_states', {
    columns: {
      device_id: { type: INTEGER, primaryKey: true, allowNull: false, ...references('devices', 'CASCADE') },
      last_report_id: may(BIGINT),
      last_report_at: timeOrNull,
      last_fix_report_id: may(BIGINT),
      last_fix_at: timeOrNull,
      latitude: may(DOUBLE),
      longitude: may(DOUBLE),
      sog_knots: may(DOUBLE),
      cog_degrees: may(DOUBLE),
      battery_volts: may(DOUBLE),
      interval_minutes: may(DOUBLE),
      sleep_minutes: may(DOUBLE),
      reason: may(STRING(32)),
      status: may(STRING(8)),
      last_received_at: timeOrNull,
      updated_at: time,
    },
    indexes: [],
  })
}

async function createMessagesOut(context: MigrationContext): Promise<void> {
  await createTable(context, 'routes', {
    columns: {
      id,
      group_id: { ...must(INTEGER), ...references('groups', 'CASCADE') },
      source_kind: must(STRING(16)),
      source_device_id: { ...may(INTEGER), ...references('devices', 'CASCADE') },
      message_type: must(STRING(16)),
      target_kind: must(STRING(16)),
      target_modem_id: { ...may(INTEGER), ...references('modems', 'CASCADE') },
      target_serial: may(STRING(20)),
      enabled: { type: BOOLEAN, allowNull: false, defaultValue: true },
      created_at: time,
      updated_at: time,
      deleted_at: timeOrNull,
    },
    indexes: [{ columns: ['group_id', 'id'] }, { columns: ['source_device_id'] }, { columns: ['target_modem_id'] }],
  })
  await createTable(context, 'outbound_messages', {
    columns: {
      id: bigId,
      group_id: { ...may(INTEGER), ...references('groups', 'SET NULL') },
      cause_kind: must(STRING(16)),
      cause_message_id: { ...may(BIGINT), ...references('inbound_messages', 'SET NULL') },
      route_id: { ...may(INTEGER), ...references('routes', 'SET NULL') },
      source_device_id: { ...may(INTEGER), ...references('devices', 'SET NULL') },
      target_kind: must(STRING(16)),
      target_key: must(STRING(64)),
      modem_id: { ...may(INTEGER), ...references('modems', 'SET NULL') },
      imei: may(STRING(15)),
      serial: may(STRING(20)),
      order_key: must(BIGINT),
      text: may(STRING(1000)),
      payload: must(BLOB('medium')),
      credits: { ...must(INTEGER), defaultValue: 0 },
      state: { ...must(STRING(16)), defaultValue: 'queued' },
      reason_code: may(STRING(64)),
      reason_detail: may(STRING(500)),
      vendor_id: may(STRING(64)),
      waiting: flag,
      expires_at: timeOrNull,
      created_at: time,
      sent_at: timeOrNull,
      finished_at: timeOrNull,
      workflow_id: may(STRING(200)),
      workflow_started_at: timeOrNull,
    },
    indexes: [
      { columns: ['cause_message_id', 'route_id'], unique: true },
      { columns: ['route_id'] },
      { columns: ['target_key', 'finished_at', 'order_key'] },
      { columns: ['source_device_id', 'order_key'] },
      { columns: ['state', 'id'] },
      { columns: ['workflow_started_at', 'id'] },
      { columns: ['modem_id', 'id'] },
      { columns: ['group_id', 'id'] },
    ],
  })
  await createTable(context, 'delivery_attempts', {
    columns: {
      id: bigId,
      outbound_id: { ...must(BIGINT), ...references('outbound_messages', 'CASCADE') },
      number: must(INTEGER),
      started_at: time,
      finished_at: timeOrNull,
      outcome: may(STRING(16)),
      reason_code: may(STRING(64)),
      reason_detail: may(STRING(500)),
      vendor_id: may(STRING(64)),
    },
    indexes: [{ columns: ['outbound_id', 'number'], unique: true }],
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
