import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { readNumber, readNumberOrNull, readText, readTextOrNull, selectRows } from './statement.ts'

/** A delivery's route and target: the route may have got another target since. */
export interface Way {
  readonly routeId: number
  readonly targetKey: string
}

/** A message whose predecessors to look for. */
export interface EarlierLook {
  readonly messageId: number
  readonly deviceId: number
  readonly packetType: string | null
  /** Where it would go. */
  readonly ways: readonly Way[]
  /** Also counts sent deliveries of later messages, because it is processed a second time. */
  readonly isReopened: boolean
  /** How many of the device's latest deliveries to examine, if the very last ones are not conclusive. */
  readonly maxDeliveries: number
}

/** A message of the same device that was stored before `beforeId`, or sent before it. */
export interface EarlierMessage {
  readonly beforeId: number
  readonly messageId: number
  /** The way it took or takes; `null`: the message has not been processed yet. */
  readonly way: Way | null
}

/** A message is processed within seconds of being stored, so unprocessed ones are among the device's latest. */
const MAX_MESSAGES = 50
/** What such a delivery contained has not arrived and never will. */
const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['failed', 'cancelled', 'expired'])

/** Both walk an index from its end and stop after a fixed number of rows, whatever they contain. */
const DELIVERIES = `
  SELECT ? AS before_id, o.cause_message_id AS message_id, o.route_id, o.target_key, o.state, m.packet_type
  FROM outbound_messages o LEFT JOIN inbound_messages m ON m.id = o.cause_message_id
  WHERE o.source_device_id = ? AND o.order_key < ? ORDER BY o.order_key DESC LIMIT ?`
/** Stored later, but already sent. Unsent ones wait for their predecessors. */
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
 * Predecessors of messages from the same device: for each way and packet type the last message with a delivery that did
 * not fail, and the messages still to be processed. Bounded, however many there are.
 */
export async function listEarlier(
  db: Database,
  args: { readonly looks: readonly EarlierLook[] },
  tx?: Transaction,
): Promise<EarlierMessage[]> {
  const found: EarlierMessage[] = []
  for (let start = 0; start < args.looks.length; start += MAX_LOOKS) {
    const looks = args.looks.slice(start, start + MAX_LOOKS)
    // Open messages first: each query sees what is committed by then, so a message processed in between is found by
    // both; in the other order neither would find it.
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
  // Usually the device's last message took the same ways, which settles it.
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

/** Whether there are no others, or the last delivery of each way is known and of the same type. */
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
