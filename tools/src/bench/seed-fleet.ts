import type { Database } from '@paikea/database'

/** Rows per statement. */
const CHUNK = 500
/** Messages per device, so that "last heard from" has something to search. */
const MESSAGES_EACH = 3

/**
 * Writes a fleet straight into the tables: devices with a modem, a last state and a few messages each. Through the API
 * this would take longer than the measurement.
 */
export async function seedFleet(
  db: Database,
  options: { readonly devices: number; readonly groupId: number },
): Promise<void> {
  const now = new Date()
  for (let first = 0; first < options.devices; first += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, options.devices - first) }, (_, index) => first + index)
    await insert(
      db,
      'modems',
      numbers.map((number) => modem(number, now)),
    )
    await insert(
      db,
      'devices',
      numbers.map((number) => device(number, { now, groupId: options.groupId })),
    )
    const modemIds = await idsOf(db, 'modems', { column: 'imei', values: numbers.map(seededImei) })
    const deviceIds = await idsOf(db, 'devices', { column: 'iam', values: numbers.map(seededIam) })
    const pairs = numbers.map((number) => ({
      number,
      modem_id: modemIds.get(seededImei(number)) ?? 0,
      device_id: deviceIds.get(seededIam(number)) ?? 0,
    }))
    await insert(
      db,
      'modem_assignments',
      pairs.map(({ modem_id, device_id }) => ({
        modem_id,
        device_id,
        from_at: now,
        open_modem_id: modem_id,
        open_device_id: device_id,
      })),
    )
    await insert(
      db,
      'device_states',
      pairs.map(({ number, device_id }) => state(number, device_id, now)),
    )
    for (let nth = 0; nth < MESSAGES_EACH; nth += 1) {
      await insert(
        db,
        'inbound_messages',
        pairs.map((pair) => message(pair, nth, now)),
      )
    }
  }
}

function seededImei(number: number): string {
  return `3007770000${String(number).padStart(5, '0')}`
}

function seededIam(number: number): string {
  return `CROWD${String(number).padStart(5, '0')}`
}

function modem(number: number, now: Date): object {
  return { imei: seededImei(number), serial: String(500_000 + number), claimed: true, created_at: now }
}

function device(number: number, { now, groupId }: { readonly now: Date; readonly groupId: number }): object {
  return {
    iam: seededIam(number),
    kind: 'buoy',
    label: `Buoy ${String(number)}`,
    group_id: groupId,
    approved: true,
    generation: 'v3',
    created_at: now,
    updated_at: now,
  }
}

function state(number: number, device_id: number, now: Date): object {
  return {
    device_id,
    last_report_at: now,
    last_fix_at: now,
    last_received_at: now,
    heard_at: now,
    heard_sent_at: now,
    updated_at: now,
    latitude: 37 + number / 1e4,
    longitude: -122 + number / 1e4,
    sog_knots: 0.5,
    cog_degrees: 12,
    battery_volts: 4.1,
    interval_minutes: 60,
    sleep_minutes: 0,
    reason: 'scheduled',
    status: '00',
  }
}

function message(
  { number, modem_id, device_id }: { readonly number: number; readonly modem_id: number; readonly device_id: number },
  nth: number,
  now: Date,
): object {
  return {
    duplicate_key: `crowd/${String(number)}/${String(nth)}`,
    format: 'A',
    imei: seededImei(number),
    momsn: nth,
    transmit_time: now,
    received_at: now,
    state: 'processed',
    verified_by: 'secret',
    raw_body: Buffer.from('x'),
    copies: 0,
    modem_id,
    device_id,
    processed_at: now,
    created_at: now,
  }
}

async function insert(db: Database, table: string, rows: object[]): Promise<void> {
  await db.write((transaction) => db.sequelize.getQueryInterface().bulkInsert(table, rows, { transaction }))
}

async function idsOf(
  db: Database,
  table: string,
  { column, values }: { readonly column: string; readonly values: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  const [rows] = await db.sequelize.query(`SELECT id, ${column} AS name FROM ${table} WHERE ${column} IN (?)`, {
    replacements: [values],
  })
  return new Map((rows as { id: number; name: string }[]).map(({ id, name }) => [name, id])) // as selected
}
