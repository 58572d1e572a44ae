import type { NewInbound } from './types.ts'
import { type Assignment, deviceFor, type KnownModem, type KnownModems } from './modems.ts'
import { columnTime, type Row, type SqlValue, type Statements } from '../connection/statements.ts'
import { readNumber, readText } from '../queries/statement.ts'
import { rowWriter } from '../sql/writer.ts'
import { INBOUND_MESSAGES, MESSAGE_FACTS } from '../tables/inbound-messages.ts'
import { insertStatement } from './insert-rows.ts'
import type { PreparedMessage } from './prepare.ts'
import { type HeldBefore, isSameSession } from './same-session.ts'
import { sentAt } from './sent-at.ts'
import { marks } from './values.ts'

/** What the batch made of one item. */
export interface PlacedMessage extends PreparedMessage {
  readonly id: number
  readonly isNew: boolean
  readonly modem: KnownModem | null
  readonly device: Assignment | null
}

const WRITTEN = rowWriter(INBOUND_MESSAGES, ['copies', 'createdAt'])
/** Known only within the transaction. */
const PLACE = rowWriter(INBOUND_MESSAGES, ['modemId', 'deviceId', 'groupId'])
const COLUMNS = [...MESSAGE_FACTS.columns, ...WRITTEN.columns, ...PLACE.columns]

const COUNT_COPY = {
  sqlite: ' ON CONFLICT (duplicate_key) DO UPDATE SET copies = copies + 1, last_copy_at = excluded.received_at',
  mysql: ' ON DUPLICATE KEY UPDATE copies = copies + 1, last_copy_at = VALUES(received_at)',
} as const

/**
 * Writes the messages of a batch. @returns each item's outcome, in order; copies are counted. A copy is recognised by
 * its existing key: from before, or written concurrently by another process.
 *
 * @param modems of the batch; a missing one leaves its messages without a modem
 * @param held items that another message already contains: that message gets one more copy, and nothing else is written
 */
export async function writeMessages(
  sql: Statements,
  prepared: readonly PreparedMessage[],
  modems: KnownModems,
  held: HeldBefore,
): Promise<PlacedMessage[]> {
  const { firsts, firstOf } = findFirsts(prepared, held)
  const values: SqlValue[] = []
  for (const { item, messageRow: row } of firsts.values()) {
    const { modem, device } = placeOf(item, modems)
    const place = { modemId: modem?.id ?? null, deviceId: device?.deviceId ?? null, groupId: device?.groupId ?? null }
    values.push(...row, ...PLACE.write(sql.dialect, place))
  }
  const found = readFound(await insertAndSelect(sql, [...firsts.keys()], values))
  const idOf = (one: PreparedMessage): number => {
    const id = held.get(one) ?? found.get((firstOf.get(one) ?? one).item.duplicateKey)?.id
    if (id === undefined) throw new Error('a message that was just written is missing')
    return id
  }
  await countCopiesWithin(sql, { prepared, firsts, idOf })
  for (const [key, { item }] of firsts) {
    const written = found.get(key)
    if (item.isHandOver === true && written?.isNew === false) await uncountCopy(sql, written.id)
  }
  return prepared.map((one) => {
    const { item, messageRow: row, reportRow } = one
    const isNew = firsts.get(item.duplicateKey) === one && found.get(item.duplicateKey)?.isNew === true
    return { item, messageRow: row, reportRow, id: idOf(one), isNew, ...placeOf(item, modems) }
  })
}

/** The items to write, by key, and for each other item the one that it copies. */
function findFirsts(prepared: readonly PreparedMessage[], held: HeldBefore) {
  const firsts = new Map<string, PreparedMessage>()
  const firstOf = new Map<PreparedMessage, PreparedMessage>()
  const ofModems = new Map<string, PreparedMessage[]>()
  for (const one of prepared) {
    const { duplicateKey, imei } = one.item
    const ofModem = ofModems.get(imei ?? '') ?? []
    const first = firsts.get(duplicateKey) ?? ofModem.find(({ item }) => isSameSession(item, one.item))
    if (held.has(one)) continue
    if (first !== undefined) {
      firstOf.set(one, first)
      continue
    }
    firsts.set(duplicateKey, one)
    if (imei !== null) ofModems.set(imei, [...ofModem, one])
  }
  return { firsts, firstOf }
}

interface Place {
  readonly modem: KnownModem | null
  readonly device: Assignment | null
}

function placeOf(item: NewInbound, modems: KnownModems): Place {
  const modem = (item.imei === null ? undefined : modems.get(item.imei)) ?? null
  return { modem, device: modem === null ? null : deviceFor(modem, sentAt(item)) }
}

/** Returns the outcome for each key. */
async function insertAndSelect(
  sql: Statements,
  keys: readonly string[],
  values: readonly SqlValue[],
): Promise<readonly Row[]> {
  if (keys.length === 0) return []
  const tail = COUNT_COPY[sql.dialect] + (sql.canReturn ? ' RETURNING id, duplicate_key, copies' : '')
  const insert = insertStatement(sql.dialect, { table: 'inbound_messages', columns: COLUMNS, values, tail })
  if (sql.canReturn) return sql.all(insert.sql, insert.values)
  // MySQL has no RETURNING, and the ids of one statement need not be consecutive on every server.
  const select = `SELECT id, duplicate_key, copies FROM inbound_messages WHERE duplicate_key IN (${marks(keys.length)})`
  return (await sql.together([insert, { sql: select, values: keys }]))[1] ?? []
}

type Found = ReadonlyMap<string, { readonly id: number; readonly isNew: boolean }>

/** An existing row now has a copy, a new one has none: that distinguishes them without a prior query. */
function readFound(rows: readonly Row[]): Found {
  return new Map(
    rows.map((row) => [
      readText(row, 'inbound_messages.duplicate_key'),
      {
        id: readNumber(row, 'inbound_messages.id'),
        isNew: readNumber(row, 'inbound_messages.copies') === 0,
      },
    ]),
  )
}

async function countCopiesWithin(
  sql: Statements,
  {
    prepared,
    firsts,
    idOf,
  }: {
    readonly prepared: readonly PreparedMessage[]
    readonly firsts: ReadonlyMap<string, PreparedMessage>
    readonly idOf: (one: PreparedMessage) => number
  },
): Promise<void> {
  if (firsts.size === prepared.length) return
  const extra = new Map<number, { count: number; at: Date }>()
  for (const one of prepared) {
    const { item } = one
    if (firsts.get(item.duplicateKey) === one) continue
    const id = idOf(one)
    extra.set(id, { count: (extra.get(id)?.count ?? 0) + 1, at: item.receivedAt })
  }
  for (const [id, { count, at }] of extra) {
    await sql.run('UPDATE inbound_messages SET copies = copies + ?, last_copy_at = ? WHERE id = ?', [
      count,
      columnTime(sql.dialect, at),
      id,
    ])
  }
}

/** `last_copy_at` comes first: in MySQL an assignment sees the preceding ones. */
async function uncountCopy(sql: Statements, id: number): Promise<void> {
  await sql.run(
    `UPDATE inbound_messages SET last_copy_at = CASE WHEN copies <= 1 THEN NULL ELSE last_copy_at END,
       copies = copies - 1 WHERE id = ?`,
    [id],
  )
}

/** A message's row except {@link PLACE}. @throws RangeError if a date is invalid */
export function messageRow(dialect: Statements['dialect'], item: NewInbound, now: Date): readonly SqlValue[] {
  const isDone = item.isHistory === true && item.state === 'accepted'
  const facts = isDone
    ? MESSAGE_FACTS.write(dialect, { ...item, state: 'processed' })
    : MESSAGE_FACTS.write(dialect, item)
  return [...facts, ...WRITTEN.write(dialect, { copies: 0, createdAt: now })]
}
