import type { DeliveryState } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import type { DeliveryLane } from '../tables/outbound-messages.ts'
import { changeAndRecord, eventsOf, recordEvents } from './events.ts'
import { where } from '../sql/where.ts'
import { goesBefore } from './queue-heads.ts'
import { inWrite, ofDeliveryGroups } from './scope.ts'
import {
  changeRows,
  nowSql,
  readFlag,
  readNumberOrNull,
  readText,
  readTime,
  releaseSql,
  selectRows,
  valueGroups,
} from './statement.ts'

/** How an attempt ended. */
export interface AttemptEnd {
  readonly outboundId: number
  readonly attempt: number
  readonly finishedAt: Date
  readonly outcome: string
  /** State the delivery goes to: `queued` = it is tried again. */
  readonly state: 'sent' | 'parked' | 'failed' | 'queued' | 'unknown'
  readonly reasonCode: string | null
  readonly reasonDetail: string | null
  readonly vendorId: string | null
  /** HTTP status, or the vendor's own code. */
  readonly status: number | null
  readonly latencyMs: number | null
  /** The start of the receiver's response. */
  readonly answer: string | null
  /** Where it is tried again: when, and by what from now on. */
  readonly retryAt: Date | null
  /** `null` = by what tried it before. */
  readonly lane: DeliveryLane | null
}

const finalStates: ReadonlySet<string> = new Set(['failed', 'unknown'])
/** The receiver certainly has not got it. */
const NEVER_LEFT: ReadonlySet<string> = new Set(['queued', 'parked', 'failed'])

/**
 * Writes down how attempts ended, and what becomes of their deliveries. Doing it twice changes nothing. A delivery that
 * was taken for `unknown` meanwhile and turns out sent becomes `sent`; one that turns out never to have left goes on.
 */
export async function recordAttempts(
  db: Database,
  args: { readonly ends: readonly AttemptEnd[] },
  tx: Transaction,
): Promise<void> {
  if (args.ends.length === 0) return
  // One statement for all attempts: they exist, so each row of the insert turns into an update of its attempt.
  const conflict =
    db.dialect === 'mysql'
      ? `ON DUPLICATE KEY UPDATE outcome = IF(finished_at IS NULL, VALUES(outcome), outcome),
         reason_code = IF(finished_at IS NULL, VALUES(reason_code), reason_code),
         reason_detail = IF(finished_at IS NULL, VALUES(reason_detail), reason_detail),
         vendor_id = IF(finished_at IS NULL, VALUES(vendor_id), vendor_id),
         status = IF(finished_at IS NULL, VALUES(status), status),
         latency_ms = IF(finished_at IS NULL, VALUES(latency_ms), latency_ms),
         answer = IF(finished_at IS NULL, VALUES(answer), answer),
         finished_at = IF(finished_at IS NULL, VALUES(finished_at), finished_at)`
      : `ON CONFLICT (outbound_id, number) DO UPDATE SET finished_at = excluded.finished_at, outcome = excluded.outcome,
         reason_code = excluded.reason_code, reason_detail = excluded.reason_detail, vendor_id = excluded.vendor_id,
         status = excluded.status, latency_ms = excluded.latency_ms, answer = excluded.answer
         WHERE delivery_attempts.finished_at IS NULL`
  await changeRows(
    db,
    `INSERT INTO delivery_attempts (outbound_id, number, started_at, finished_at, outcome, reason_code, reason_detail, vendor_id,
       status, latency_ms, answer)
     VALUES ${valueGroups(args.ends.length, 11)} ${conflict}`,
    args.ends.flatMap((end) => [
      ...[end.outboundId, end.attempt, end.finishedAt, end.finishedAt],
      ...[end.outcome, end.reasonCode, end.reasonDetail, end.vendorId],
      ...[end.status, end.latencyMs, end.answer],
    ]),
    tx,
  )
  const sent = args.ends.filter((end) => end.state === 'sent')
  if (sent.length > 0) await markSent(db, sent, tx)
  for (const end of args.ends) if (end.state !== 'sent') await markEnded(db, end, tx)
}

async function markSent(db: Database, ends: readonly AttemptEnd[], tx: Transaction): Promise<void> {
  const byId = `CASE id ${ends.map(() => 'WHEN ? THEN ?').join(' ')} END`
  const times = ends.flatMap((end) => [end.outboundId, end.finishedAt])
  const ids = ends.map((end) => end.outboundId)
  const sql = `UPDATE outbound_messages SET state = 'sent', state_changed_at = ${nowSql(db.dialect)}, reason_code = NULL,
     reason_detail = NULL, vendor_id = ${byId}, sent_at = ${byId}, finished_at = ${byId}
     WHERE id IN (?) AND state IN ('sending','unknown')`
  const values = [...ends.flatMap((end) => [end.outboundId, end.vendorId]), ...times, ...times, ids]
  await changeAndRecord(db, { sql, values, events: eventsOf('delivery', ids) }, tx)
}

/** Another lane begins anew. The old one is compared first: MySQL works from left to right. */
async function markEnded(db: Database, end: AttemptEnd, tx: Transaction): Promise<void> {
  const sql = `UPDATE outbound_messages SET state = ?, state_changed_at = ${nowSql(db.dialect)}, reason_code = ?,
     reason_detail = ?, retry_at = ?,
     released_at = CASE WHEN lane = COALESCE(?, lane) THEN released_at ELSE ${nowSql(db.dialect)} END,
     workflow_started_at = CASE WHEN lane = COALESCE(?, lane) THEN workflow_started_at ELSE NULL END,
     lane = COALESCE(?, lane),
     finished_at = ? WHERE id = ? AND state = 'sending'`
  const values = [
    ...[end.state, end.reasonCode, end.reasonDetail, end.retryAt, end.lane, end.lane, end.lane],
    finalStates.has(end.state) ? end.finishedAt : null,
    end.outboundId,
  ]
  await changeAndRecord(db, { sql, values, events: eventsOf('delivery', [end.outboundId]) }, tx)
  if (NEVER_LEFT.has(end.state)) await correctUnknown(db, end, tx)
}

/**
 * Corrects a delivery that the fence took for `unknown` while the end of its attempt was still to be written, and of
 * which that end now says that it never left. It goes on unless a later one of its queue was tried meanwhile, or a person
 * sent it again: then it counts as failed, which is certain, and a person decides.
 */
async function correctUnknown(db: Database, end: AttemptEnd, tx: Transaction): Promise<void> {
  const lock = db.dialect === 'mysql' ? 'FOR UPDATE' : ''
  const [row] = await selectRows(
    db,
    `SELECT o.resent_as, EXISTS (SELECT 1 FROM outbound_messages n JOIN delivery_attempts a ON a.outbound_id = n.id
       WHERE n.target_key = o.target_key AND ${goesBefore('o', 'n')}) AS is_overtaken
     FROM outbound_messages o WHERE o.id = ? AND o.state = 'unknown' AND o.reason_code = 'no-answer-recorded' ${lock}`,
    [end.outboundId],
    tx,
  )
  if (row === undefined) return
  const isOver = end.state === 'failed' || row['resent_as'] !== null || readFlag(row, 'outbound_messages.is_overtaken')
  const change = isOver
    ? {
        sql: `UPDATE outbound_messages SET state = 'failed', state_changed_at = ${nowSql(db.dialect)}, reason_code = ?,
           reason_detail = ? WHERE id = ?`,
        values: [end.reasonCode, end.reasonDetail, end.outboundId],
      }
    : {
        sql: `UPDATE outbound_messages SET state = ?, state_changed_at = ${nowSql(db.dialect)}, reason_code = ?,
           reason_detail = ?, retry_at = ?, lane = COALESCE(?, 'workflow'), finished_at = NULL, ${releaseSql(db.dialect)} WHERE id = ?`,
        values: [end.state, end.reasonCode, end.reasonDetail, end.retryAt, end.lane, end.outboundId],
      }
  await changeAndRecord(db, { ...change, events: eventsOf('delivery', [end.outboundId]) }, tx)
}

/** What an operator's wish did: `not-found` also for deliveries of other groups. */
export type OperatorOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'not-found' }
  /** The delivery is in a state in which this cannot be asked for. */
  | { readonly status: 'refused'; readonly state: DeliveryState }

/**
 * Lets a parked delivery go on. The caller then announces it to the dispatcher, which wakes its workflow (or starts it
 * when there is none).
 */
export function resumeOutbound(
  db: Database,
  args: { readonly outboundId: number; readonly scope: GroupScope },
  tx?: Transaction,
): Promise<OperatorOutcome> {
  return withOperator(db, args, { allowed: ['parked'], tx }, (transaction) =>
    // Without a start time the sweep finds it, should the announcement be lost.
    changeRows(
      db,
      `UPDATE outbound_messages SET state = 'queued', state_changed_at = ${nowSql(db.dialect)},
       reason_code = NULL, reason_detail = NULL, ${releaseSql(db.dialect)} WHERE id = ? AND state = 'parked'`,
      [args.outboundId],
      transaction,
    ),
  )
}

/** Ends a delivery that has not left yet. One that is being sent cannot be held back any more. */
export function cancelOutbound(
  db: Database,
  args: { readonly outboundId: number; readonly scope: GroupScope; readonly at: Date; readonly reason?: string },
  tx?: Transaction,
): Promise<OperatorOutcome> {
  return withOperator(db, args, { allowed: ['queued', 'parked'], tx }, (transaction) =>
    changeRows(
      db,
      `UPDATE outbound_messages SET state = 'cancelled', state_changed_at = ${nowSql(db.dialect)},
       reason_code = 'cancelled', reason_detail = ?, finished_at = ?, waiting = ?
       WHERE id = ? AND state IN ('queued','parked')`,
      [(args.reason ?? 'Cancelled by an operator.').slice(0, 500), args.at, false, args.outboundId],
      transaction,
    ),
  )
}

/** Runs a change of a delivery that is in one of these states, under its lock. */
export async function withOperator(
  db: Database,
  args: { readonly outboundId: number; readonly scope: GroupScope },
  { allowed, tx }: { readonly allowed: readonly DeliveryState[]; readonly tx: Transaction | undefined },
  change: (transaction: Transaction) => Promise<void>,
): Promise<OperatorOutcome> {
  return inWrite(db, tx, async (transaction) => {
    const found = where({ sql: 'id = ?', values: [args.outboundId] }, ofDeliveryGroups(args.scope))
    const lock = db.dialect === 'mysql' ? 'FOR UPDATE' : ''
    const sql = `SELECT state FROM outbound_messages ${found.sql} ${lock}`
    const [row] = await selectRows(db, sql, found.values, transaction)
    if (row === undefined) return { status: 'not-found' }
    const state = readText(row, 'outbound_messages.state') as DeliveryState
    if (!allowed.includes(state)) return { status: 'refused', state }
    await change(transaction)
    await recordEvents(db, eventsOf('delivery', [args.outboundId]), transaction)
    return { status: 'done' }
  })
}

/** A person's message to a modem. */
export interface NewPersonOutbound {
  readonly groupId: number | null
  readonly targetKind: string
  readonly targetKey: string
  readonly endpointId: number | null
  readonly modemId: number | null
  readonly imei: string | null
  readonly serial: string | null
  readonly text: string | null
  readonly payload: Uint8Array
  readonly credits: number
  /** How many messages it follows from. @default 0 */
  readonly depth?: number
  readonly expiresAt: Date | null
  readonly createdAt: Date
}

/** Writes a person's message; its place is behind everything that was accepted before it. */
export async function insertPersonOutbound(
  db: Database,
  args: NewPersonOutbound,
  tx?: Transaction,
): Promise<{ outboundId: number }> {
  return inWrite(db, tx, async (transaction) => {
    const place = await placeOfNow(db, transaction)
    const row = await db.models.OutboundMessage.create(
      {
        groupId: args.groupId,
        causeKind: 'person',
        targetKind: args.targetKind,
        targetKey: args.targetKey,
        endpointId: args.endpointId,
        modemId: args.modemId,
        imei: args.imei,
        serial: args.serial,
        text: args.text,
        payload: Buffer.from(args.payload),
        credits: args.credits,
        depth: args.depth ?? 0,
        expiresAt: args.expiresAt,
        createdAt: args.createdAt,
        ...place,
      },
      { transaction },
    )
    await recordEvents(db, eventsOf('delivery', [Number(row.id)]), transaction)
    return { outboundId: Number(row.id) }
  })
}

/** The place in every queue of what is made now, and the database's time. */
export async function placeOfNow(
  db: Database,
  tx: Transaction,
): Promise<{ readonly orderKey: number; readonly stateChangedAt: Date }> {
  const sql = `SELECT MAX(id) AS id, ${nowSql(db.dialect)} AS at FROM inbound_messages`
  const [highest = {}] = await selectRows(db, sql, [], tx)
  return {
    orderKey: readNumberOrNull(highest, 'inbound_messages.id') ?? 0,
    stateChangedAt: readTime(highest, 'outbound_messages.state_changed_at AS at'),
  }
}
