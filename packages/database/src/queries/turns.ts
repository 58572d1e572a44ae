import type { DeliveryState, TraceSubject } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { DeliveryLane } from '../tables/outbound-messages.ts'
import { COMMAND_TYPES } from './command-types.ts'
import { changeAndRecord, eventsOf } from './events.ts'
import { holderIsGone } from './processes.ts'
import { EARLIER_DELIVERY, IS_FIRST, queueHeads } from './queue-heads.ts'
import { readSubject } from './read-subject.ts'
import {
  changeRows,
  countChanged,
  nowSql,
  type RawRow,
  readBytes,
  readFlag,
  readJsonOrNull,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  readTime,
  readTimeOrNull,
  selectRows,
  valueGroups,
} from './statement.ts'

/** A delivery with what precedes it in its target's queue, read in one statement and thus at one moment. */
export interface OutboundTurn {
  readonly outboundId: number
  /** What its trace is about. */
  readonly subject: TraceSubject
  readonly state: DeliveryState
  readonly createdAt: Date
  readonly causeMessageId: number | null
  readonly targetKind: string
  readonly targetKey: string
  readonly sourceDeviceId: number | null
  readonly imei: string | null
  readonly serial: string | null
  readonly text: string | null
  readonly payload: Uint8Array
  readonly expiresAt: Date | null
  /** Not retried before this. */
  readonly retryAt: Date | null
  readonly lane: DeliveryLane
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly vendorId: string | null
  /** 0: none yet. */
  readonly lastAttempt: number
  /** When an attempt began whose end nobody has recorded; `null`: none. */
  readonly openSince: Date | null
  /** The process that began it has fallen silent. */
  readonly holderIsGone: boolean
  readonly hasEarlierDelivery: boolean
  /** An earlier message that may concern the same target has not been processed. */
  readonly hasEarlierMessage: boolean
  /** The present target; `null` if a user named the modem instead, or the endpoint was deleted. */
  readonly endpoint: {
    readonly id: number
    readonly state: string
    readonly reasonCode: string | null
    readonly failingSince: Date | null
    readonly draining: boolean
    readonly config: unknown
    readonly format: string | null
    readonly secrets: unknown
  } | null
  /** The account that pays for it, if that was ever parked. */
  readonly account: { readonly state: string; readonly reasonCode: string | null } | null
  /** The device whose message caused it. */
  readonly sourceIam: string | null
  /** Type of the message that caused it. */
  readonly messageType: string | null
  readonly groupId: number | null
  readonly credits: number
  readonly depth: number
  readonly airtimeWaived: boolean
  /** Whose airtime it uses: of the device that caused it, or that a user writes to. */
  readonly spenderId: number | null
}

/** An earlier message of the device that `o` comes from has not been processed. False if it comes from no device. */
const earlierMessage = (dialect: Database['dialect']): string =>
  // "+" keeps SQLite from walking through all the device's messages by its index: unprocessed ones are few.
  `SELECT 1 FROM inbound_messages m WHERE m.state = 'accepted' AND m.id < o.order_key
    AND ${dialect === 'sqlite' ? '+' : ''}m.device_id = o.source_device_id`

/**
 * An earlier command of the group of `o` has not been processed, and `o` is a command too, or a user's: of two requests
 * the later one must win, whoever sent them. Positions of different devices are independent; for them the CASE keeps
 * the check short, however many messages wait.
 */
const EARLIER_COMMAND = `CASE WHEN o.cause_kind = 'person'
    OR EXISTS (SELECT 1 FROM inbound_messages c WHERE c.id = o.cause_message_id AND c.packet_type IN (${COMMAND_TYPES}))
  THEN EXISTS (SELECT 1 FROM inbound_messages m JOIN devices d ON d.id = m.device_id
    WHERE m.state = 'accepted' AND m.id <= o.order_key AND m.id <> COALESCE(o.cause_message_id, 0)
      AND m.packet_type IN (${COMMAND_TYPES}) AND d.group_id = o.group_id)
  ELSE FALSE END`

const turnSql = (dialect: Database['dialect']): string => `
  SELECT o.id, o.state, o.created_at, o.cause_message_id, o.target_kind, o.target_key, o.source_device_id, o.imei, o.serial, o.text, o.payload,
    o.expires_at, o.retry_at, o.lane, o.reason_code, o.reason_detail, o.vendor_id,
    (SELECT MAX(a.number) FROM delivery_attempts a WHERE a.outbound_id = o.id) AS last_attempt,
    (SELECT MAX(a.started_at) FROM delivery_attempts a WHERE a.outbound_id = o.id AND a.finished_at IS NULL) AS open_since,
    EXISTS (${holderIsGone(dialect)}) AS holder_gone,
    EXISTS (${EARLIER_DELIVERY}) AS earlier_delivery,
    ((o.source_device_id IS NOT NULL AND EXISTS (${earlierMessage(dialect)})) OR ${EARLIER_COMMAND}) AS earlier_message,
    p.id AS endpoint_id, p.state AS endpoint_state, p.reason_code AS endpoint_reason, p.failing_since, p.draining, p.config, p.format, p.secrets,
    v.state AS account_state, v.reason_code AS account_reason, s.iam AS source_iam, c.packet_type AS message_type, c.duplicate_key AS message_key,
    o.group_id, o.credits, o.depth, o.airtime_waived,
    COALESCE(o.source_device_id, (SELECT x.device_id FROM modem_assignments x WHERE x.open_modem_id = o.modem_id)) AS spender_id
  FROM outbound_messages o LEFT JOIN endpoints p ON p.id = o.endpoint_id AND p.deleted_at IS NULL
    LEFT JOIN vendor_accounts v ON v.kind = o.target_kind LEFT JOIN devices s ON s.id = o.source_device_id LEFT JOIN inbound_messages c ON c.id = o.cause_message_id WHERE o.id IN (?) ORDER BY o.id`

/**
 * Determines whose turn it is. The order is total (order key, route deliveries first, id) and each look reflects one
 * moment, so two deliveries never both find themselves first; that needs no lock.
 */
export async function loadTurns(
  db: Database,
  args: { readonly outboundIds: readonly number[] },
  tx?: Transaction,
): Promise<OutboundTurn[]> {
  const rows = await selectRows(db, turnSql(db.dialect), [args.outboundIds], tx)
  return rows.map((row) => ({
    outboundId: readNumber(row, 'outbound_messages.id'),
    subject: readSubject(row),
    // Written only by this package's own statements.
    state: readText(row, 'outbound_messages.state') as DeliveryState,
    createdAt: readTime(row, 'outbound_messages.created_at'),
    causeMessageId: readNumberOrNull(row, 'outbound_messages.cause_message_id'),
    targetKind: readText(row, 'outbound_messages.target_kind'),
    targetKey: readText(row, 'outbound_messages.target_key'),
    sourceDeviceId: readNumberOrNull(row, 'outbound_messages.source_device_id'),
    imei: readTextOrNull(row, 'outbound_messages.imei'),
    serial: readTextOrNull(row, 'outbound_messages.serial'),
    text: readTextOrNull(row, 'outbound_messages.text'),
    payload: readBytes(row, 'outbound_messages.payload'),
    expiresAt: readTimeOrNull(row, 'outbound_messages.expires_at'),
    retryAt: readTimeOrNull(row, 'outbound_messages.retry_at'),
    lane: readText(row, 'outbound_messages.lane') as DeliveryLane,
    reasonCode: readTextOrNull(row, 'outbound_messages.reason_code'),
    reasonDetail: readTextOrNull(row, 'outbound_messages.reason_detail'),
    vendorId: readTextOrNull(row, 'outbound_messages.vendor_id'),
    lastAttempt: readNumberOrNull(row, 'delivery_attempts.number AS last_attempt') ?? 0,
    openSince: readTimeOrNull(row, 'delivery_attempts.started_at AS open_since'),
    holderIsGone: readFlag(row, 'delivery_attempts.holder_gone'),
    hasEarlierDelivery: readFlag(row, 'outbound_messages.earlier_delivery'),
    hasEarlierMessage: readFlag(row, 'outbound_messages.earlier_message'),
    endpoint:
      row['endpoint_id'] === null
        ? null
        : {
            id: readNumber(row, 'endpoints.id AS endpoint_id'),
            state: readText(row, 'endpoints.state AS endpoint_state'),
            reasonCode: readTextOrNull(row, 'endpoints.reason_code AS endpoint_reason'),
            failingSince: readTimeOrNull(row, 'endpoints.failing_since'),
            draining: readFlag(row, 'endpoints.draining'),
            config: readJsonOrNull(row, 'endpoints.config'),
            format: readTextOrNull(row, 'endpoints.format'),
            secrets: readJsonOrNull(row, 'endpoints.secrets'),
          },
    account:
      row['account_state'] === null
        ? null
        : {
            state: readText(row, 'vendor_accounts.state AS account_state'),
            reasonCode: readTextOrNull(row, 'vendor_accounts.reason_code AS account_reason'),
          },
    sourceIam: readTextOrNull(row, 'devices.iam AS source_iam'),
    messageType: readTextOrNull(row, 'inbound_messages.packet_type AS message_type'),
    groupId: readNumberOrNull(row, 'outbound_messages.group_id'),
    credits: readNumber(row, 'outbound_messages.credits'),
    depth: readNumber(row, 'outbound_messages.depth'),
    airtimeWaived: readFlag(row, 'outbound_messages.airtime_waived'),
    spenderId: readNumberOrNull(row, 'devices.id AS spender_id'),
  }))
}

/**
 * Begins attempts: the rows that tell, after a crash, that a send may have left. Fails as a whole if one of them was
 * meanwhile begun by someone else, or its delivery was ended (the preceding look takes no lock, and an operator may
 * have cancelled it since).
 *
 * @throws Sequelize's UniqueConstraintError, or an Error
 */
export async function beginAttempts(
  db: Database,
  args: {
    readonly attempts: readonly { readonly outboundId: number; readonly number: number }[]
    /** Of these an earlier attempt is open; it is recorded as having an unknown outcome. */
    readonly repeated?: readonly number[]
    readonly at: Date
    /** The sending process; `null`: unnamed. */
    readonly processId?: number | null
  },
  tx: Transaction,
): Promise<void> {
  const { attempts, repeated = [], at, processId = null } = args
  if (attempts.length === 0) return
  if (repeated.length > 0) {
    await changeRows(
      db,
      `UPDATE delivery_attempts SET finished_at = ?, outcome = 'unknown', reason_code = 'no-answer-recorded'
       WHERE outbound_id IN (?) AND finished_at IS NULL`,
      [at, repeated],
      tx,
    )
  }
  await changeAndRecord(
    db,
    {
      sql: `INSERT INTO delivery_attempts (outbound_id, number, started_at, process_id) VALUES ${valueGroups(attempts.length, 4)}`,
      values: attempts.flatMap((attempt) => [attempt.outboundId, attempt.number, at, processId]),
      events: eventsOf(
        'delivery',
        attempts.map(({ outboundId }) => outboundId),
      ),
    },
    tx,
  )
  const begun = await countChanged(
    db,
    `UPDATE outbound_messages SET state = 'sending', state_changed_at = ${nowSql(db.dialect)}, waiting = ?, reason_code = NULL, reason_detail = NULL,
       retry_at = NULL
     WHERE id IN (?) AND finished_at IS NULL`,
    [false, attempts.map((attempt) => attempt.outboundId)],
    tx,
  )
  if (begun !== attempts.length) throw new Error('a delivery has been finished since it was read')
}

/** Requeues deliveries and records that they wait for a `yourTurn`. */
export async function markWaiting(
  db: Database,
  args: { readonly outboundIds: readonly number[] },
  tx: Transaction,
): Promise<void> {
  if (args.outboundIds.length === 0) return
  // The time first: MySQL evaluates assignments from left to right, and usually the state does not change.
  const sql = `UPDATE outbound_messages
    SET state_changed_at = CASE WHEN state = 'queued' THEN state_changed_at ELSE ${nowSql(db.dialect)} END,
      state = 'queued', waiting = ? WHERE id IN (?) AND finished_at IS NULL`
  const events = eventsOf('delivery', args.outboundIds)
  await changeAndRecord(db, { sql, values: [true, args.outboundIds], events }, tx)
}

/** Makes deliveries wait in the database, without workflows, until their endpoint is resumed. */
export async function markHeld(
  db: Database,
  args: { readonly rows: readonly { readonly outboundId: number; readonly lane: DeliveryLane }[] },
  tx: Transaction,
): Promise<void> {
  for (const { outboundId, lane } of args.rows) {
    const sql = `UPDATE outbound_messages
       SET state_changed_at = CASE WHEN state = 'queued' THEN state_changed_at ELSE ${nowSql(db.dialect)} END,
         state = 'queued', lane = ?, waiting = ?, retry_at = NULL WHERE id = ? AND finished_at IS NULL`
    const events = eventsOf('delivery', [outboundId])
    await changeAndRecord(db, { sql, values: [lane, false, outboundId], events }, tx)
  }
}

/** Ends a delivery that is not (or no longer) sent. An open attempt stays open: its outcome is unknown. */
export async function finishOutbound(
  db: Database,
  args: {
    readonly outboundId: number
    readonly state: 'unknown' | 'cancelled' | 'expired'
    readonly reasonCode: string
    readonly reasonDetail: string
    readonly at: Date
  },
  tx: Transaction,
): Promise<void> {
  const sql = `UPDATE outbound_messages SET state = ?, state_changed_at = ${nowSql(db.dialect)}, reason_code = ?,
     reason_detail = ?, finished_at = ?, waiting = ? WHERE id = ? AND finished_at IS NULL`
  const values = [args.state, args.reasonCode, args.reasonDetail, args.at, false, args.outboundId]
  await changeAndRecord(db, { sql, values, events: eventsOf('delivery', [args.outboundId]) }, tx)
}

/** A delivery that waits for its turn. */
export interface WaitingDelivery {
  readonly outboundId: number
  readonly targetKey: string
  readonly lane: DeliveryLane
}

/** For each target, the next delivery that waits for its `yourTurn`. Read after the commit that freed the turn. */
export async function listNextWaiting(
  db: Database,
  args: { readonly targetKeys: readonly string[] },
): Promise<WaitingDelivery[]> {
  if (args.targetKeys.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT o.id, o.target_key, o.lane, o.state, o.waiting FROM outbound_messages o WHERE o.target_key IN (?) AND o.finished_at IS NULL
     AND NOT EXISTS (${EARLIER_DELIVERY})`,
    [args.targetKeys],
  )
  return (
    rows
      // Direct deliveries need no wake-up: whoever finishes the preceding one continues with them.
      .filter(
        (row) => readFlag(row, 'outbound_messages.waiting') || (row['lane'] === 'direct' && row['state'] === 'queued'),
      )
      .map(toWaiting)
  )
}

/**
 * Waiting deliveries whose turn has come because messages of their devices were processed, oldest first. Only what
 * stood behind such a message and stands behind nothing else: every other one is woken by what it waits for, and a
 * signal for nothing costs a workflow task.
 *
 * @param args.processed the oldest of the messages just processed, by device
 */
export async function listFreed(
  db: Database,
  args: { readonly processed: ReadonlyMap<number, number>; readonly limit: number },
): Promise<WaitingDelivery[]> {
  const freed: WaitingDelivery[] = []
  for (const [deviceId, messageId] of await listWithWaiting(db, args.processed)) {
    const limit = args.limit - freed.length
    const nextId = await findUnprocessed(db, deviceId)
    if (limit <= 0 || (nextId !== null && nextId <= messageId)) continue
    const rows = await selectRows(
      db,
      `SELECT o.id, o.target_key, o.lane FROM outbound_messages o WHERE ${WAITS_BEHIND} AND o.order_key <= ?
       AND NOT EXISTS (${EARLIER_DELIVERY}) ORDER BY o.order_key, o.id LIMIT ?`,
      [deviceId, messageId, true, nextId ?? Number.MAX_SAFE_INTEGER, limit],
    )
    freed.push(...rows.map(toWaiting))
  }
  return freed
}

/** `o` waits, and was caused by this device (a placeholder) after this message (another). */
const WAITS_BEHIND = 'o.source_device_id = ? AND o.order_key > ? AND o.waiting = ? AND o.finished_at IS NULL'

/** Of these devices and messages, those behind which a delivery waits: rarely any. */
async function listWithWaiting(
  db: Database,
  processed: ReadonlyMap<number, number>,
): Promise<readonly (readonly [number, number])[]> {
  const pairs = [...processed]
  if (pairs.length === 0) return []
  const rows = await selectRows(
    db,
    `SELECT DISTINCT o.source_device_id FROM outbound_messages o WHERE ${pairs.map(() => `(${WAITS_BEHIND})`).join(' OR ')}`,
    pairs.flatMap(([deviceId, messageId]) => [deviceId, messageId, true]),
  )
  const found = new Set(rows.map((row) => readNumber(row, 'outbound_messages.source_device_id')))
  return pairs.filter(([deviceId]) => found.has(deviceId))
}

/** The oldest unprocessed message of a device; `null`: there is none. */
async function findUnprocessed(db: Database, deviceId: number): Promise<number | null> {
  // "+" for the same reason as in `earlierMessage`.
  const device = db.dialect === 'sqlite' ? '+device_id' : 'device_id'
  const sql = `SELECT MIN(id) AS next FROM inbound_messages WHERE state = 'accepted' AND ${device} = ?`
  const [row] = await selectRows(db, sql, [deviceId])
  return readNumberOrNull(row ?? {}, 'inbound_messages.id AS next')
}

/**
 * Deliveries that wait although it is their turn: nothing precedes them, so whoever freed the turn was about to wake
 * them, or died first. Read twice, some seconds apart, it shows the latter.
 */
export async function listLostTurns(db: Database, args: { readonly limit: number }): Promise<number[]> {
  const rows = await selectRows(
    db,
    `SELECT o.id FROM ${queueHeads(db, 'all')} WHERE o.state = 'queued' AND o.waiting = ? AND ${IS_FIRST}
     AND NOT EXISTS (${earlierMessage(db.dialect)})
     AND NOT (${EARLIER_COMMAND})
     ORDER BY o.id LIMIT ?`,
    [true, args.limit],
  )
  return rows.map((row) => readNumber(row, 'outbound_messages.id'))
}

function toWaiting(row: RawRow): WaitingDelivery {
  return {
    outboundId: readNumber(row, 'outbound_messages.id'),
    targetKey: readText(row, 'outbound_messages.target_key'),
    // Written only by this package's own statements.
    lane: readText(row, 'outbound_messages.lane') as DeliveryLane,
  }
}
