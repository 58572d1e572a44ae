import type { NewInbound } from './types.ts'
import { type Assignment, deviceFor, type KnownModem } from './modems.ts'
import { columnTime, type SqlValue, type Statements } from '../connection/statements.ts'
import { insertStatement } from './insert-rows.ts'
import type { PreparedMessage } from './prepare.ts'
import { clip, finite, marks } from './values.ts'

/** What the batch made of one item. */
export interface PlacedMessage extends PreparedMessage {
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
  'created_at',
  'modem_id',
  'device_id',
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
  prepared: readonly PreparedMessage[],
  modems: ReadonlyMap<string, KnownModem>,
): Promise<PlacedMessage[]> {
  const firsts = new Map<string, PreparedMessage>()
  for (const one of prepared) if (!firsts.has(one.item.duplicateKey)) firsts.set(one.item.duplicateKey, one)

  const places = new Map<string, { modem: KnownModem | null; device: Assignment | null }>()
  const values: SqlValue[] = []
  for (const [key, { item, messageRow: row }] of firsts) {
    const modem = (item.imei === null ? undefined : modems.get(item.imei)) ?? null
    const device = modem === null ? null : deviceFor(modem, item.transmitTime ?? item.receivedAt)
    places.set(key, { modem, device })
    values.push(...row, modem?.id ?? null, device?.deviceId ?? null)
  }
  const found = await insertAndRead(sql, [...firsts.keys()], values)
  await countCopiesWithin(sql, { prepared, firsts, found })
  for (const [key, { item }] of firsts) {
    const written = found.get(key)
    if (item.isHandOver === true && written?.isNew === false) await uncountCopy(sql, written.id)
  }

  return prepared.map((one) => {
    const { item, messageRow: row, reportRow } = one
    const key = item.duplicateKey
    const written = found.get(key)
    const place = places.get(key)
    if (written === undefined || place === undefined) throw new Error('a message that was just written is not there')
    const isNew = written.isNew && firsts.get(key) === one
    return { item, messageRow: row, reportRow, id: written.id, isNew, modem: place.modem, device: place.device }
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
  {
    prepared,
    firsts,
    found,
  }: { prepared: readonly PreparedMessage[]; firsts: ReadonlyMap<string, PreparedMessage>; found: Found },
): Promise<void> {
  if (firsts.size === prepared.length) return
  const extra = new Map<number, { count: number; at: Date }>()
  for (const one of prepared) {
    const { item } = one
    if (firsts.get(item.duplicateKey) === one) continue
    const id = found.get(item.duplicateKey)?.id
    if (id !== undefined) extra.set(id, { count: (extra.get(id)?.count ?? 0) + 1, at: item.receivedAt })
  }
  for (const [id, { count, at }] of extra) {
    await sql.run('UPDATE inbound_messages SET copies = copies + ?, last_copy_at = ? WHERE id = ?', [
      count,
      columnTime(sql.dialect, at),
      id,
    ])
  }
}

/** `last_copy_at` stands first: MySQL lets an assignment see the ones before it. */
async function uncountCopy(sql: Statements, id: number): Promise<void> {
  await sql.run(
    `UPDATE inbound_messages SET last_copy_at = CASE WHEN copies <= 1 THEN NULL ELSE last_copy_at END,
       copies = copies - 1 WHERE id = ?`,
    [id],
  )
}

/** A message's row but for modem and device. @throws RangeError for a Date that is none */
export function messageRow(dialect: Statements['dialect'], item: NewInbound, now: Date): readonly SqlValue[] {
  return [
    item.duplicateKey,
    item.format,
    item.imei,
    clip(item.serial, 20),
    finite(item.momsn),
    columnTime(dialect, item.transmitTime),
    columnTime(dialect, item.receivedAt),
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
    columnTime(dialect, now),
  ]
}

/** The drivers take only Buffers for bytes. No copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
