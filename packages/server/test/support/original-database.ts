import { openTestDatabase, type DatabaseKind, type TestDatabase } from '@paikea/database/testing'

const STARTED = '2022-06-30 00:00:00'
const BASE = 'created_at DATETIME, logical_del BOOLEAN'

/** The tables that are read, as the original's `create_all` makes them, but for columns that nobody reads. */
const tables = [
  `CREATE TABLE rock_block_modem (id INTEGER PRIMARY KEY, imei VARCHAR(128), serial VARCHAR(64), device_type VARCHAR(32), ${BASE})`,
  `CREATE TABLE buoy (id INTEGER PRIMARY KEY, firmware_version VARCHAR(16), iam VARCHAR(16), rb_id INTEGER, ${BASE})`,
  `CREATE TABLE handset (id INTEGER PRIMARY KEY, firmware_version VARCHAR(16), iam VARCHAR(16), rb_id INTEGER, ${BASE})`,
  `CREATE TABLE rock_block_message (id INTEGER PRIMARY KEY, imei VARCHAR(128), device_type VARCHAR(32), serial VARCHAR(64), momsn INTEGER,
    transmit_time VARCHAR(64), iridium_latitude VARCHAR(32), iridium_longitude VARCHAR(32), iridium_cep VARCHAR(32),
    iridium_session_status VARCHAR(128), data VARCHAR(1024), rb_id INTEGER, ${BASE})`,
  `CREATE TABLE rock_star (id INTEGER PRIMARY KEY, imei VARCHAR(128), device_type VARCHAR(32), serial VARCHAR(64), ${BASE})`,
  `CREATE TABLE rock_core_push_api (id VARCHAR(256) PRIMARY KEY, imei VARCHAR(128), device_type VARCHAR(32), serial INTEGER, momsn INTEGER,
    transmit_time VARCHAR(32), txAt VARCHAR(64), source VARCHAR(32), \`trigger\` VARCHAR(32), lat DOUBLE, lon DOUBLE, sog DOUBLE, battery INTEGER,
    power BOOLEAN, message VARCHAR(256), ${BASE})`,
  `CREATE TABLE sqs__endpoint (id INTEGER PRIMARY KEY, queue_name VARCHAR(128), url VARCHAR(128), ${BASE})`,
  `CREATE TABLE endpoint_route (id INTEGER PRIMARY KEY, source_device_type VARCHAR(64), source_device INTEGER, msg_type VARCHAR(64),
    endpoint_type VARCHAR(64), endpoint_id INTEGER, enabled BOOLEAN, ${BASE})`,
  `CREATE TABLE device_firmware_upgrade (id INTEGER PRIMARY KEY, device_type VARCHAR(16), device_id VARCHAR(32), status INTEGER, ${BASE})`,
]

type Value = string | number | null

/** A database as the original service leaves it behind, in miniature. */
export interface OriginalInMiniature extends TestDatabase {
  readonly insert: (table: string, row: Readonly<Record<string, Value>>) => Promise<void>
}

export async function openMiniature(kind: DatabaseKind): Promise<OriginalInMiniature> {
  const db = await openTestDatabase(kind, { migrate: false })
  for (const sql of tables) await db.write((transaction) => db.sequelize.query(sql, { transaction }))
  const insert = async (table: string, row: Readonly<Record<string, Value>>): Promise<void> => {
    const whole = { created_at: STARTED, logical_del: 0, ...row }
    const names = Object.keys(whole).map((name) => `\`${name}\``)
    const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
    await db.write((transaction) => db.sequelize.query(sql, { replacements: Object.values(whole), transaction }))
  }
  return { ...db, insert }
}

/** A position of a buoy as the original stored it: still percent-encoded. */
export function position(momsn: number, minute: number, degrees: number): Readonly<Record<string, Value>> {
  const clock = `00${String(minute).padStart(2, '0')}00.000`
  const text = `PK001;lat:${String(degrees)}49.5074,NS:N,lon:12216.6021,EW:W,utc:${clock},sog:0.5,cog:12,sta:00,batt:4.7`
  return {
    imei: '300434060700000',
    device_type: 'ROCKBLOCK',
    serial: '14000',
    momsn,
    transmit_time: `22-06-01%2000%3A${String(minute).padStart(2, '0')}%3A30`,
    iridium_latitude: '37.0000',
    iridium_longitude: '-122.0000',
    iridium_cep: '8',
    iridium_session_status: '0',
    data: Buffer.from(text).toString('hex'),
  }
}
