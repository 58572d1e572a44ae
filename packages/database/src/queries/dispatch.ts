import type { TraceSubject } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { agoSql } from './processes.ts'
import { readSubject } from './read-subject.ts'
import {
  AHEAD_SECONDS,
  changeRows,
  isOldSql,
  readNumber,
  readNumberOrNull,
  readText,
  readTextOrNull,
  selectRows,
} from './statement.ts'

/** An accepted message whose workflow has to be started. */
export interface UndispatchedInbound {
  readonly messageId: number
  readonly key: string
  readonly imei: string | null
  readonly iam: string | null
}

/** Who or what caused a delivery. */
export interface DeliveryCause {
  readonly kind: 'route' | 'person'
  /** All three are `null` if a user caused it. */
  readonly messageId: number | null
  /** Of the modem that sent the message. */
  readonly imei: string | null
  /** Of the device the message came from. */
  readonly iam: string | null
}

/** A delivery whose workflow has to be started. */
export interface UndispatchedOutbound {
  readonly outboundId: number
  /** What its trace is about. */
  readonly subject: TraceSubject
  readonly imei: string | null
  /** Of the device that holds the target modem now. */
  readonly iam: string | null
  readonly text: string
  readonly targetKind: string
  /** The endpoint's display name. */
  readonly targetLabel: string | null
  readonly targetKey: string
  /** Position in the target's queue. */
  readonly orderKey: number
  readonly cause: DeliveryCause
}

/** Which rows a sweep looks for. */
export interface SweepArgs {
  readonly limit: number
  /**
   * Rows created within a minute after this are skipped: their writer is about to announce them. A creation time even
   * later came from a clock that was ahead.
   */
  readonly settledBefore: Date
  /**
   * `null`: rows whose workflow was never started. A time: rows whose workflow was started before it, or by a clock that
   * was ahead, but which are still open, in case Temporal lost it.
   */
  readonly startedBefore: Date | null
}

/** Messages to process, oldest first; with `imeis`, only theirs. Quarantined ones need no processing. */
export async function listUndispatchedInbound(
  db: Database,
  args: SweepArgs & { readonly imeis?: readonly string[] },
): Promise<UndispatchedInbound[]> {
  const values: unknown[] = []
  const started = startedCondition(args, 'm', values)
  values.push(...unsettled(args))
  const ofModems = args.imeis === undefined ? '' : 'AND m.imei IN (?)'
  if (args.imeis !== undefined) values.push(args.imeis)
  const rows = await selectRows(
    db,
    `SELECT m.id, m.duplicate_key, m.imei, d.iam FROM inbound_messages m LEFT JOIN devices d ON d.id = m.device_id
     WHERE m.state = 'accepted' AND ${started} AND NOT (m.created_at BETWEEN ? AND ?) ${ofModems} ORDER BY m.id LIMIT ?`,
    [...values, args.limit],
  )
  return rows.map((row) => ({
    messageId: readNumber(row, 'outbound_messages.id'),
    key: readText(row, 'inbound_messages.duplicate_key'),
    imei: readTextOrNull(row, 'outbound_messages.imei'),
    iam: readTextOrNull(row, 'devices.iam'),
  }))
}

/**
 * Deliveries to start, oldest first; includes parked ones, whose workflow then looks again. Only those `inFront` of
 * their queues: the others could only wait, each with a workflow woken for nothing. Deliveries that wait for someone to
 * resume them take no place in front: they may stay there for days.
 *
 * The places are counted in one walk through the queues concerned; counted for each delivery, a backlog of a few
 * thousand took longer than the pause between two looks.
 */
export async function listUndispatchedOutbound(
  db: Database,
  args: SweepArgs & { readonly inFront: number },
): Promise<UndispatchedOutbound[]> {
  const inQueue: unknown[] = []
  const values: unknown[] = []
  const rows = await selectRows(
    db,
    `${SELECT_OUTBOUND} JOIN (SELECT e.id, RANK() OVER (PARTITION BY e.target_key ORDER BY e.order_key) AS place
       FROM outbound_messages e WHERE e.finished_at IS NULL AND e.lane NOT IN ('stopped', 'held') AND e.target_key IN
         (SELECT DISTINCT q.target_key FROM outbound_messages q WHERE q.lane = 'workflow' AND q.finished_at IS NULL AND ${startedCondition(args, 'q', inQueue)})
     ) f ON f.id = o.id
     WHERE f.place <= ? AND o.lane = 'workflow' AND o.finished_at IS NULL AND o.state IN ('queued','sending','parked') AND ${startedCondition(args, 'o', values)}
     AND NOT (o.created_at BETWEEN ? AND ?) ORDER BY o.id LIMIT ?`,
    [...inQueue, args.inFront, ...values, ...unsettled(args), args.limit],
  )
  return rows.map(toOutbound)
}

/** Of the messages whose workflows were started, those not processed yet. */
export function listOpenInbound(db: Database, ids: readonly number[]): Promise<number[]> {
  return listOpen(db, 'inbound_messages', `state = 'accepted'`, ids)
}

/** Whether a message is neither processed nor has a workflow that was started since `startedBefore`. */
export async function isInboundWaiting(
  db: Database,
  args: { readonly messageId: number; readonly startedBefore: Date },
): Promise<boolean> {
  const isOld = isOldSql('workflow_started_at', args.startedBefore)
  const sql = `SELECT id FROM inbound_messages
    WHERE id = ? AND state = 'accepted' AND (workflow_started_at IS NULL OR ${isOld.sql})`
  return (await selectRows(db, sql, [args.messageId, ...isOld.values])).length > 0
}

/** Messages whose workflows were started and that are not processed yet, oldest first. */
export async function listStartedInbound(db: Database, args: { readonly limit: number }): Promise<number[]> {
  const sql = `SELECT id FROM inbound_messages WHERE state = 'accepted' AND workflow_started_at IS NOT NULL ORDER BY id LIMIT ?`
  const rows = await selectRows(db, sql, [args.limit])
  return rows.map((row) => readNumber(row, 'inbound_messages.id'))
}

/** Of the deliveries whose workflows were started, those still open. */
export function listOpenOutbound(db: Database, ids: readonly number[]): Promise<number[]> {
  return listOpen(db, 'outbound_messages', `finished_at IS NULL AND lane = 'workflow'`, ids)
}

async function listOpen(db: Database, table: string, isOpen: string, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const sql = `SELECT id FROM ${table} WHERE id IN (?) AND ${isOpen} AND workflow_started_at IS NOT NULL`
  const rows = await selectRows(db, sql, [ids])
  return rows.map((row) => readNumber(row, `${table}.id`))
}

function unsettled({ settledBefore }: SweepArgs): readonly [Date, Date] {
  return [settledBefore, new Date(settledBefore.getTime() + 60_000)]
}

/** The given deliveries in the dispatcher's form, whatever their state. */
export async function loadOutboundForDispatch(
  db: Database,
  args: { readonly outboundIds: readonly number[] },
): Promise<UndispatchedOutbound[]> {
  if (args.outboundIds.length === 0) return []
  const rows = await selectRows(db, `${SELECT_OUTBOUND} WHERE o.id IN (?) ORDER BY o.id`, [args.outboundIds])
  return rows.map(toOutbound)
}

/**
 * The tables whose rows get workflows: inbound and outbound messages, paused endpoints and parked accounts, recoveries.
 */
export type DispatchTable = 'inbound' | 'outbound' | 'endpoint' | 'account' | 'recovery'

/** A row whose workflow was started, and when. */
export interface DispatchedRow {
  readonly table: DispatchTable
  readonly id: number
  readonly at: Date
}

interface Marked {
  readonly name: string
  /** The column whose value ends the workflow's id. */
  readonly key: string
  /** Whether a start asked for at these times is still the last one; by default it always is. */
  readonly isCurrent?: (db: Database, rows: readonly DispatchedRow[]) => { sql: string; values: readonly unknown[] }
}

const MARKED: Readonly<Record<DispatchTable, Marked>> = {
  inbound: {
    name: 'inbound_messages',
    key: 'duplicate_key',
    // One that was reopened since then needs another start.
    isCurrent: (_db, rows) => {
      const time = byId(rows, () => '?')
      return { sql: `AND (reopened_at IS NULL OR reopened_at <= ${time})`, values: timesOf(rows) }
    },
  },
  outbound: {
    name: 'outbound_messages',
    key: 'id',
    // One that has asked for another workflow since then needs another start.
    isCurrent: (db, rows) => {
      const time = byId(rows, ({ at }) => agoSql(db.dialect, ageSeconds(at)))
      // Not so if the release came from a clock that was ahead, or it would be started anew for as long.
      const isAhead = `released_at > ${agoSql(db.dialect, -AHEAD_SECONDS)}`
      return {
        sql: `AND (released_at IS NULL OR released_at < ${time} OR ${isAhead})`,
        values: rows.map(({ id }) => id),
      }
    },
  },
  endpoint: { name: 'endpoints', key: 'id' },
  account: { name: 'vendor_accounts', key: 'kind' },
  recovery: { name: 'recoveries', key: 'id' },
}

/** Records that the workflows of these rows were started: one statement per table. */
export async function markDispatched(db: Database, args: { readonly rows: readonly DispatchedRow[] }): Promise<void> {
  const tables = new Set(args.rows.map(({ table }) => table))
  if (tables.size === 0) return
  await db.write(async (tx: Transaction) => {
    for (const table of tables)
      await mark(
        db,
        table,
        args.rows.filter((row) => row.table === table),
        tx,
      )
  })
}

async function mark(
  db: Database,
  table: DispatchTable,
  rows: readonly DispatchedRow[],
  tx: Transaction,
): Promise<void> {
  const { name, key, isCurrent } = MARKED[table]
  const workflowId = db.dialect === 'mysql' ? `CONCAT('${table}/', ${key})` : `'${table}/' || ${key}`
  const current = isCurrent?.(db, rows) ?? { sql: '', values: [] }
  const sql = `UPDATE ${name} SET workflow_started_at = ${byId(rows, () => '?')}, workflow_id = ${workflowId}
    WHERE id IN (?) ${current.sql}`
  await changeRows(db, sql, [...timesOf(rows), rows.map(({ id }) => id), ...current.values], tx)
}

/** An expression with another value for each row. */
function byId(rows: readonly DispatchedRow[], valueOf: (row: DispatchedRow) => string): string {
  return `CASE id ${rows.map((row) => `WHEN ? THEN ${valueOf(row)}`).join(' ')} END`
}

function timesOf(rows: readonly DispatchedRow[]): unknown[] {
  return rows.flatMap(({ id, at }) => [id, at])
}

/** How long ago this process asked for a start. An age can be compared with the database's clock, a time cannot. */
function ageSeconds(at: Date): number {
  return Math.max(0, Date.now() - at.getTime()) / 1000
}

function startedCondition(args: SweepArgs, table: 'm' | 'o' | 'q', values: unknown[]): string {
  if (args.startedBefore === null) return `${table}.workflow_started_at IS NULL`
  const old = isOldSql(`${table}.workflow_started_at`, args.startedBefore)
  values.push(...old.values)
  return old.sql
}

const SELECT_OUTBOUND = `SELECT o.id, o.created_at, m.duplicate_key AS message_key, o.imei, d.iam, o.text, o.target_kind, o.target_key, p.label AS target_label, o.order_key, o.cause_kind, o.cause_message_id,
  m.imei AS source_imei, s.iam AS source_iam FROM outbound_messages o
  LEFT JOIN modem_assignments a ON a.open_modem_id = o.modem_id LEFT JOIN devices d ON d.id = a.device_id
  LEFT JOIN inbound_messages m ON m.id = o.cause_message_id LEFT JOIN devices s ON s.id = o.source_device_id
  LEFT JOIN endpoints p ON p.id = o.endpoint_id`

function toOutbound(row: Readonly<Record<string, unknown>>): UndispatchedOutbound {
  return {
    outboundId: readNumber(row, 'outbound_messages.id'),
    subject: readSubject(row),
    imei: readTextOrNull(row, 'outbound_messages.imei'),
    iam: readTextOrNull(row, 'devices.iam'),
    text: readTextOrNull(row, 'outbound_messages.text') ?? '',
    targetKind: readText(row, 'outbound_messages.target_kind'),
    targetLabel: readTextOrNull(row, 'endpoints.label AS target_label'),
    targetKey: readText(row, 'outbound_messages.target_key'),
    orderKey: readNumber(row, 'outbound_messages.order_key'),
    cause: {
      kind: row['cause_kind'] === 'person' ? 'person' : 'route',
      messageId: readNumberOrNull(row, 'outbound_messages.cause_message_id'),
      imei: readTextOrNull(row, 'inbound_messages.imei AS source_imei'),
      iam: readTextOrNull(row, 'devices.iam AS source_iam'),
    },
  }
}
