import type { NewInbound } from './types.ts'
import { type Assignment, deviceFor, type KnownModem } from './modems.ts'
import type { SqlValue, Statements } from '../connection/statements.ts'
import { insertStatement } from './insert-rows.ts'
import { clip, finite, marks } from './values.ts'

/** What the batch made of one item. */
export interface PlacedMessage {
  readonly item: NewInbound
  readonly id: number
  readonly isNew: boolean
  readonly modem: KnownModem | null
  readonly device: Assignment | null
}

const COLUMNS = [
  'duplicate_key',
  'format',
  'imei',
  'serial',
  'momsn',
  'transmit_time',
  'received_at',
  'state',
  'reason_code',
  'reason_detail',
  'packet_type',
  'verified_by',
  'verification_note',
  'source_address',
  'content_type',
  'raw_body',
  'payload',
  'decoded',
  'iridium_latitude',
  'iridium_longitude',
  'iridium_cep_km',
  'session_status',
  'copies',
  'modem_id',
  'device_id',
  'created_at',
] as const

const COUNT_COPY = {
  sqlite: ' ON CONFLICT (duplicate_key) DO UPDATE SET copies = copies + 1, last_copy_at = excluded.received_at',
  mysql: ' ON DUPLICATE KEY UPDATE copies = copies + 1, last_copy_at = VALUES(received_at)',
} as const

/**
 * Writes the messages, in the order given, or counts a copy where the key is there already: within the batch, from before, or written by
 * another process at this moment. Answers one entry per item.
 */
export async function insertMessages(
  sql: Statements,
  items: readonly NewInbound[],
  modems: ReadonlyMap<string, KnownModem>,
): Promise<PlacedMessage[]> {
  const firsts = new Map<string, NewInbound>()
  for (const item of items) if (!firsts.has(item.duplicateKey)) firsts.set(item.duplicateKey, item)

  const now = sql.time(new Date())
  const places = new Map<string, { modem: KnownModem | null; device: Assignment | null }>()
  const values: SqlValue[] = []
  for (const [key, item] of firsts) {
    const modem = (item.imei === null ? undefined : modems.get(item.imei)) ?? null
    const device = modem === null ? null : deviceFor(modem, item.transmitTime ?? item.receivedAt)
    places.set(key, { modem, device })
    pushValues(values, sql, { item, modemId: modem?.id ?? null, deviceId: device?.deviceId ?? null, now })
  }
  const found = await insertAndRead(sql, [...firsts.keys()], values)
  await countCopiesWithin(sql, { items, firsts, found })

  return items.map((item) => {
    const row = found.get(item.duplicateKey)
    const place = places.get(item.duplicateKey)
    if (row === undefined || place === undefined) throw new Error('a message that was just written is not there')
    return { item, id: row.id, isNew: row.isNew && firsts.get(item.duplicateKey) === item, ...place }
  })
}

type Found = ReadonlyMap<string, { readonly id: number; readonly isNew: boolean }>

/** A row of before has a copy now, a new one has none: that tells them apart without asking first. */
async function insertAndRead(sql: Statements, keys: readonly string[], values: readonly SqlValue[]): Promise<Found> {
  const tail = COUNT_COPY[sql.dialect] + (sql.canReturn ? ' RETURNING id, duplicate_key, copies' : '')
  const insert = insertStatement(sql.dialect, { table: 'inbound_messages', columns: COLUMNS, values, tail })
  let rows
  if (sql.canReturn) {
    rows = await sql.all(insert.sql, insert.values)
  } else {
    // MySQL has no RETURNING, and its ids of one statement need not be consecutive on every server.
    await sql.run(insert.sql, insert.values)
    rows = await sql.all(
      `SELECT id, duplicate_key, copies FROM inbound_messages WHERE duplicate_key IN (${marks(keys.length)})`,
      keys,
    )
  }
  return new Map(
    rows.map((row) => [String(row['duplicate_key']), { id: Number(row['id']), isNew: Number(row['copies']) === 0 }]),
  )
}

async function countCopiesWithin(
  sql: Statements,
  { items, firsts, found }: { items: readonly NewInbound[]; firsts: ReadonlyMap<string, NewInbound>; found: Found },
): Promise<void> {
  if (firsts.size === items.length) return
  const extra = new Map<number, { count: number; at: Date }>()
  for (const item of items) {
    if (firsts.get(item.duplicateKey) === item) continue
    const id = found.get(item.duplicateKey)?.id
    if (id !== undefined) extra.set(id, { count: (extra.get(id)?.count ?? 0) + 1, at: item.receivedAt })
  }
  for (const [id, { count, at }] of extra) {
    await sql.run('UPDATE inbound_messages SET copies = copies + ?, last_copy_at = ? WHERE id = ?', [
      count,
      sql.time(at),
      id,
    ])
  }
}

function pushValues(
  values: SqlValue[],
  sql: Statements,
  row: { item: NewInbound; modemId: number | null; deviceId: number | null; now: string | null },
): void {
  const { item } = row
  values.push(
    item.duplicateKey,
    item.format,
    item.imei,
    clip(item.serial, 20),
    finite(item.momsn),
    sql.time(item.transmitTime),
    sql.time(item.receivedAt),
    item.state,
    clip(item.reasonCode, 64),
    clip(item.reasonDetail, 500),
    clip(item.packetType, 16),
    item.verifiedBy,
    clip(item.verificationNote, 64),
    clip(item.sourceAddress, 64),
    clip(item.contentType, 120),
    asBuffer(item.rawBody),
    item.payload === null ? null : asBuffer(item.payload),
    item.decoded === null || item.decoded === undefined ? null : JSON.stringify(item.decoded),
    finite(item.iridiumLatitude),
    finite(item.iridiumLongitude),
    finite(item.iridiumCepKm),
    finite(item.sessionStatus),
    0,
    row.modemId,
    row.deviceId,
    row.now,
  )
}

/** The drivers take only Buffers for bytes. No copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
