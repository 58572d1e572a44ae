/**
 * The devices' live link: which process holds a device's connection, what was said on it (masked, in chunks), the keys of
 * devices whose firmware knows one, and the secret by which processes know each other.
 */
import { bigId, flag, id, INTEGER, longText, may, must, STRING, time, timeOrNull } from './column-kinds.ts'
import type { Migration } from './migrate.ts'
import { createTable, references } from './schema-change.ts'

const TABLES = ['device_link_keys', 'link_chunks', 'link_sessions', 'device_links', 'link_secrets']

export const deviceLinks: Migration = {
  name: '0070-device-links',
  async up(context) {
    const device = { ...must(INTEGER), ...references('devices', 'CASCADE') }
    const count = { ...must(INTEGER), defaultValue: 0 }
    await createTable(context, 'device_links', {
      columns: {
        device_id: { ...device, primaryKey: true },
        link_id: must(STRING(32)),
        process_id: must(STRING(64)),
        /** Where other processes reach this one; null = it stands alone. */
        relay_address: may(STRING(200)),
        is_open: flag,
        opened_at: time,
        closed_at: timeOrNull,
      },
      indexes: [{ columns: ['process_id'] }],
    })
    await createTable(context, 'link_sessions', {
      columns: {
        id,
        device_id: device,
        link_id: must(STRING(32)),
        opened_at: time,
        closed_at: timeOrNull,
        close_reason: may(STRING(200)),
        entries: count,
        bytes: count,
        /** It grew too long: what came later was not recorded. */
        is_cut: flag,
      },
      indexes: [{ columns: ['link_id'], unique: true }, { columns: ['device_id', 'id'] }, { columns: ['opened_at'] }],
    })
    await createTable(context, 'link_chunks', {
      columns: {
        id: bigId,
        session_id: { ...must(INTEGER), ...references('link_sessions', 'CASCADE') },
        from_at: time,
        to_at: time,
        entries: must(INTEGER),
        /** One JSON object a line. */
        text: must(longText(context)),
      },
      indexes: [{ columns: ['session_id', 'id'] }],
    })
    await createTable(context, 'device_link_keys', {
      columns: { device_id: { ...device, primaryKey: true }, key_hash: must(STRING(64)), created_at: time },
      indexes: [],
    })
    await createTable(context, 'link_secrets', {
      columns: { id: { ...must(INTEGER), primaryKey: true }, secret: must(STRING(100)), created_at: time },
      indexes: [],
    })
  },
  async down({ queryInterface, transaction }) {
    for (const table of TABLES) await queryInterface.dropTable(table, { transaction })
  },
}
