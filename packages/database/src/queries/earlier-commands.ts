import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { readProblems, REPEAT } from '../problems.ts'
import type { Way } from './earlier.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import {
  changeRows,
  readJsonOrNull,
  readNumber,
  readNumberOrNull,
  readText,
  readTime,
  readTimeOrNull,
  selectRows,
} from './statement.ts'

/** A message of the same device that was stored before another. */
export interface EarlierOfDevice {
  readonly beforeId: number
  readonly messageId: number
  readonly receivedAt: Date
  readonly transmitTime: Date | null
  /** The decoded value as stored. */
  readonly decoded: unknown
  /** It repeats an earlier one. */
  readonly isRepeat: boolean
  /** It has not been processed yet: its routes are unknown. */
  readonly isOpen: boolean
}

/** Minutes apart by transmission, and stored consecutively: a device sends far fewer in between. */
const MAX_MESSAGES = 100

const MESSAGES = `
  SELECT ? AS before_id, id AS message_id, received_at, transmit_time, decoded, problems, state
  FROM inbound_messages WHERE device_id = ? AND id < ? ORDER BY id DESC LIMIT ?`

/** The last messages of the same devices before each of these; newest first. Skips quarantined ones. */
export async function listEarlierOfDevice(
  db: Database,
  args: { readonly looks: readonly { readonly messageId: number; readonly deviceId: number }[] },
  tx: Transaction,
): Promise<EarlierOfDevice[]> {
  const found: EarlierOfDevice[] = []
  for (let start = 0; start < args.looks.length; start += MAX_LOOKS) {
    const looks = args.looks.slice(start, start + MAX_LOOKS)
    const values = looks.flatMap(({ messageId, deviceId }) => [messageId, deviceId, messageId, MAX_MESSAGES])
    for (const row of await selectAll(db, { sql: MESSAGES, count: looks.length, values }, tx)) {
      const state = readText(row, 'inbound_messages.state')
      if (state === 'quarantined') continue
      found.push({
        beforeId: readNumber(row, 'inbound_messages.id AS before_id'),
        messageId: readNumber(row, 'inbound_messages.id AS message_id'),
        receivedAt: readTime(row, 'inbound_messages.received_at'),
        transmitTime: readTimeOrNull(row, 'inbound_messages.transmit_time'),
        decoded: readJsonOrNull(row, 'inbound_messages.decoded'),
        isRepeat: readProblems(readJsonOrNull(row, 'inbound_messages.problems')).some(
          ({ code }) => code === REPEAT.code,
        ),
        isOpen: state === 'accepted',
      })
    }
  }
  return found.sort((one, other) => other.messageId - one.messageId)
}

/** The routes that messages took or are taking, by message id; omits failed deliveries. */
export async function listWaysTaken(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx: Transaction,
): Promise<ReadonlyMap<number, readonly Way[]>> {
  const ways = new Map<number, Way[]>()
  if (args.messageIds.length === 0) return ways
  const rows = await selectRows(
    db,
    `SELECT cause_message_id, route_id, target_key FROM outbound_messages
     WHERE cause_message_id IN (?) AND state NOT IN ('failed','cancelled','expired')`,
    [args.messageIds],
    tx,
  )
  for (const row of rows) {
    const messageId = readNumber(row, 'outbound_messages.cause_message_id')
    const way = {
      routeId: readNumberOrNull(row, 'outbound_messages.route_id') ?? 0,
      targetKey: readText(row, 'outbound_messages.target_key'),
    }
    ways.set(messageId, [...(ways.get(messageId) ?? []), way])
  }
  return ways
}

/** Marks messages as repeats of an earlier one. */
export async function markRepeats(
  db: Database,
  args: { readonly messageIds: readonly number[] },
  tx: Transaction,
): Promise<void> {
  if (args.messageIds.length === 0) return
  const sql = 'SELECT id, problems FROM inbound_messages WHERE id IN (?)'
  for (const row of await selectRows(db, sql, [args.messageIds], tx)) {
    const problems = readProblems(readJsonOrNull(row, 'inbound_messages.problems')).filter(
      ({ code }) => code !== REPEAT.code,
    )
    const marked = JSON.stringify([...problems, REPEAT])
    await changeRows(
      db,
      'UPDATE inbound_messages SET problems = ? WHERE id = ?',
      [marked, readNumber(row, 'inbound_messages.id')],
      tx,
    )
  }
}
