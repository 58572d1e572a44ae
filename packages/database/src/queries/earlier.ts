import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { readNumber, readNumberOrNull, readText, readTextOrNull, selectRows } from './statement.ts'

/** Where a delivery goes: a route may have been given another target since. */
export interface Way {
  readonly routeId: number
  readonly targetKey: string
}

/** A message, to look what of its device stands before it. */
export interface EarlierLook {
  readonly messageId: number
  readonly deviceId: number
  readonly packetType: string | null
  /** Where it would go. */
  readonly ways: readonly Way[]
  /** Deliveries of later messages count too, if they have left: it is acted on a second time. */
  readonly isReopened: boolean
  /** So many of the device's latest deliveries are looked at, where the very last ones do not tell. */
  readonly maxDeliveries: number
}

/** A message of the same device that was stored before `beforeId`, or sent before it. */
export interface EarlierMessage {
  readonly beforeId: number
  readonly messageId: number
  /** Which way it went, or goes; `null` = nobody has acted on the message yet. */
  readonly way: Way | null
}

/** A message is acted on within seconds after it was stored, so those that are not are among the device's latest. */
const MAX_MESSAGES = 50
/** What such a delivery said has not arrived and never will. */
const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['failed', 'cancelled', 'expired'])

/** Both walk an index from its end and stop after so many rows, whatever is in them. */
const DELIVERIES = `
  SELECT ? AS before_id, o.cause_message_id AS message_id, o.route_id, o.target_key, o.state, m.packet_type
  FROM outbound_messages o LEFT JOIN inbound_messages m ON m.id = o.cause_message_id
  WHERE o.source_device_id = ? AND o.order_key < ? ORDER BY o.order_key DESC LIMIT ?`
/** Stored later, and gone already. What has not left yet waits for what stands before it. */
const GONE = `
  SELECT ? AS before_id, o.cause_message_id AS message_id, o.route_id, o.target_key, o.state, m.packet_type
  FROM outbound_messages o LEFT JOIN inbound_messages m ON m.id = o.cause_message_id
  WHERE o.source_device_id = ? AND o.order_key > ? AND o.state IN ('sending','sent','confirmed','unknown')
  ORDER BY o.order_key DESC LIMIT ?`
/** The lower bound keeps it out of the device's past. */
const MESSAGES = `
  SELECT ? AS before_id, id AS message_id, state
  FROM inbound_messages WHERE device_id = ? AND id < ? AND id >= ? ORDER BY id DESC LIMIT ?`

/**
 * What of the same device stands before messages: for each way and packet type the last message with a delivery that
 * did not come to nothing, and the messages that are still to be acted on. Bounded, however many there are.
 */
export async function listEarlier(
  db: Database,
  args: { readonly looks: readonly EarlierLook[] },
  tx?: Transaction,
): Promise<EarlierMessage[]> {
  const found: EarlierMessage[] = []
  for (let start = 0; start < args.looks.length; start += MAX_LOOKS) {
    const looks = args.looks.slice(start, start + MAX_LOOKS)
    // What is open first: each look sees what is committed by then, and a message that someone acts on in between is found
    // by both, where the other way about it would be found by neither.
    const open = await listOpen(db, looks, tx)
    found.push(...(await listDelivered(db, looks, tx)), ...(await listGone(db, looks, tx)), ...open)
  }
  return found
}

async function listDelivered(
  db: Database,
  looks: readonly EarlierLook[],
  tx: Transaction | undefined,
): Promise<EarlierMessage[]> {
  // Mostly the device's last message went the same ways, and that settles it.
  const near = await look(db, looks, ({ ways }) => ways.length, tx)
  const unsettled = looks.filter((one) => !isSettled(one, near.get(one.messageId) ?? []))
  const far = await look(db, unsettled, ({ maxDeliveries }) => maxDeliveries, tx)
  return looks.flatMap(({ messageId }) => lastOfEach(messageId, far.get(messageId) ?? near.get(messageId) ?? []))
}

async function listGone(
  db: Database,
  looks: readonly EarlierLook[],
  tx: Transaction | undefined,
): Promise<EarlierMessage[]> {
  const again = looks.filter(({ isReopened }) => isReopened)
  const gone = await look(db, again, ({ maxDeliveries }) => maxDeliveries, tx, GONE)
  return again.flatMap(({ messageId }) => lastOfEach(messageId, gone.get(messageId) ?? []))
}

interface Delivered {
  readonly messageId: number
  readonly way: Way
  readonly packetType: string | null
  readonly cameToNothing: boolean
}

/** The device's latest deliveries by message looked for, newest first. */
async function look(
  db: Database,
  looks: readonly EarlierLook[],
  limitOf: (look: EarlierLook) => number,
  tx: Transaction | undefined,
  sql = DELIVERIES,
): Promise<ReadonlyMap<number, readonly Delivered[]>> {
  const values = looks.flatMap((one) => [one.messageId, one.deviceId, one.messageId, limitOf(one)])
  const rows = await selectAll(db, { sql, count: looks.length, values }, tx)
  const found = new Map<number, Delivered[]>(looks.map(({ messageId }) => [messageId, []]))
  for (const row of rows) {
    found.get(readNumber(row, 'inbound_messages.id AS before_id'))?.push({
      // Neither is there any more where a message or a route was deleted; then it is no message's and no route's.
      messageId: readNumberOrNull(row, 'outbound_messages.cause_message_id AS message_id') ?? 0,
      way: {
        routeId: readNumberOrNull(row, 'outbound_messages.route_id') ?? 0,
        targetKey: readText(row, 'outbound_messages.target_key'),
      },
      packetType: readTextOrNull(row, 'inbound_messages.packet_type'),
      cameToNothing: CAME_TO_NOTHING.has(readText(row, 'outbound_messages.state')),
    })
  }
  for (const delivered of found.values()) delivered.sort((a, b) => b.messageId - a.messageId)
  return found
}

/** Whether there are no others, or for each way the last one is known and of the same type. */
function isSettled({ ways, packetType }: EarlierLook, delivered: readonly Delivered[]): boolean {
  if (delivered.length < ways.length) return true
  return ways.every((way) => {
    const last = delivered.find((one) => !one.cameToNothing && isSame(one.way, way))
    return last !== undefined && last.packetType === packetType
  })
}

function isSame(one: Way, other: Way): boolean {
  return one.routeId === other.routeId && one.targetKey === other.targetKey
}

function lastOfEach(beforeId: number, delivered: readonly Delivered[]): EarlierMessage[] {
  const last = new Map<string, EarlierMessage>()
  for (const { messageId, way, packetType, cameToNothing } of delivered) {
    const key = `${way.routeId} ${way.targetKey} ${packetType}`
    if (!cameToNothing && messageId > 0 && !last.has(key)) last.set(key, { beforeId, messageId, way })
  }
  return [...last.values()]
}

async function listOpen(
  db: Database,
  looks: readonly EarlierLook[],
  tx: Transaction | undefined,
): Promise<EarlierMessage[]> {
  const [row] = await selectRows(db, `SELECT MIN(id) AS id FROM inbound_messages WHERE state = 'accepted'`, [], tx)
  const first = row === undefined ? null : readNumberOrNull(row, 'inbound_messages.id')
  if (first === null) return []
  const behind = looks.filter(({ messageId }) => messageId > first)
  const values = behind.flatMap(({ messageId, deviceId }) => [messageId, deviceId, messageId, first, MAX_MESSAGES])
  const rows = await selectAll(db, { sql: MESSAGES, count: behind.length, values }, tx)
  return rows
    .filter((one) => one['state'] === 'accepted')
    .map((one) => ({
      beforeId: readNumber(one, 'inbound_messages.id AS before_id'),
      messageId: readNumber(one, 'outbound_messages.cause_message_id AS message_id'),
      way: null,
    }))
}
