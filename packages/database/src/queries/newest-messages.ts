import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { readNumber, readNumberOrNull, readTime, readTimeOrNull } from './statement.ts'

/** The last message of a modem or a device. */
export interface NewestMessage {
  readonly receivedAt: Date
  readonly momsn: number | null
  /**
   * When the newest of its messages was sent; the arrival time if that is unknown, or claimed to be later. The vendor
   * retries for days, so what arrives now may be from last week.
   */
  readonly sentAt: Date
}

/**
 * The last one stored need not be the last to arrive: messages wait while the database is unavailable, each until its
 * own retry.
 */
const LOOK_BACK = 16

/**
 * The last message of each of these modems or devices, by id. Looked up rather than stored with them, which would be
 * another write per message. Each is found at the end of its index range, however long the record is.
 */
export async function newestMessages(
  db: Database,
  args: { readonly of: 'modems' | 'devices'; readonly ids: readonly number[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, NewestMessage>> {
  const { of, ids } = args
  const owner = of === 'modems' ? 'modem_id' : 'device_id'
  const sql = `SELECT ${owner} AS owner_id, received_at, transmit_time, momsn FROM inbound_messages
    WHERE ${owner} = ? ORDER BY id DESC LIMIT ?`
  const newest = new Map<number, NewestMessage>()
  for (let start = 0; start < ids.length; start += MAX_LOOKS) {
    const some = ids.slice(start, start + MAX_LOOKS)
    const values = some.flatMap((id) => [id, LOOK_BACK])
    for (const row of await selectAll(db, { sql, count: some.length, values }, tx)) {
      const receivedAt = readTime(row, 'inbound_messages.received_at')
      const sentAt = earlier(readTimeOrNull(row, 'inbound_messages.transmit_time') ?? receivedAt, receivedAt)
      const ownerId = readNumber(row, 'inbound_messages.owner_id')
      const before = newest.get(ownerId)
      const last = { receivedAt, momsn: readNumberOrNull(row, 'inbound_messages.momsn'), sentAt }
      newest.set(ownerId, before === undefined ? last : newer(before, last))
    }
  }
  return newest
}

function newer(one: NewestMessage, other: NewestMessage): NewestMessage {
  const last = other.receivedAt > one.receivedAt ? other : one
  return { ...last, sentAt: one.sentAt > other.sentAt ? one.sentAt : other.sentAt }
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other
}
