import type { Database } from '@paikea/database'

const CHUNK = 500
const MINUTE_MS = 60_000

/** A year of fixes, one every ten minutes. */
export const YEAR_FIXES = 52_560

/**
 * Writes a year of one device's reports straight into the tables: ten minutes apart until now, drifting back and forth.
 */
export async function seedYear(db: Database, options: { readonly iam: string }): Promise<void> {
  const [[device]] = (await db.sequelize.query(
    `SELECT d.id AS device_id, a.modem_id, d.group_id FROM devices d
     JOIN modem_assignments a ON a.open_device_id = d.id WHERE d.iam = ?`,
    { replacements: [options.iam] },
  )) as unknown as [{ device_id: number; modem_id: number; group_id: number }[]] // as selected
  if (device === undefined) throw new Error(`there is no device ${options.iam} with a modem`)
  const [[highest]] = (await db.sequelize.query('SELECT MAX(id) AS id FROM inbound_messages')) as unknown as [
    { id: number | null }[],
  ]
  const firstId = Number(highest?.id ?? 0) + 1
  const end = Date.now()
  for (let first = 0; first < YEAR_FIXES; first += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, YEAR_FIXES - first) }, (_, index) => first + index)
    const at = (number: number) => new Date(end - (YEAR_FIXES - number) * 10 * MINUTE_MS)
    await insert(
      db,
      'inbound_messages',
      numbers.map((number) => ({
        id: firstId + number,
        duplicate_key: `year/${String(number)}`,
        format: 'A',
        momsn: number % 65_536,
        transmit_time: at(number),
        received_at: at(number),
        state: 'processed',
        verified_by: 'secret',
        raw_body: Buffer.from('x'),
        copies: 0,
        modem_id: device.modem_id,
        device_id: device.device_id,
        group_id: device.group_id,
        processed_at: at(number),
        created_at: at(number),
      })),
    )
    await insert(
      db,
      'reports',
      numbers.map((number) => ({
        message_id: firstId + number,
        modem_id: device.modem_id,
        device_id: device.device_id,
        received_at: at(number),
        packet_type: 'PK101',
        at: at(number),
        fix_at: at(number),
        has_fix: true,
        latitude: 37 + 0.4 * Math.sin(number / 900) + number / 1e5,
        longitude: -123 + 0.4 * Math.cos(number / 700) - number / 1e5,
        sog_knots: 0.5,
        battery_volts: 4.1,
        interval_minutes: 10,
        reason: 'scheduled',
        source: 'device',
        quality: 'good',
        iridium_reliable: true,
        created_at: at(number),
      })),
    )
  }
}

async function insert(db: Database, table: string, rows: object[]): Promise<void> {
  await db.write((transaction) => db.sequelize.getQueryInterface().bulkInsert(table, rows, { transaction }))
}
