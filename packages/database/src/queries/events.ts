import type { Transaction } from 'sequelize'

import type { SqlValue, Statement } from '../connection/statements.ts'
import type { Database } from '../database.ts'
import { bigint, orNull, time } from '../sql/kinds.ts'
import { expression } from '../sql/column.ts'
import { selection } from '../sql/selection.ts'
import { type EventKind, type EventRow, EVENTS } from '../tables/events.ts'
import { changeRows, nowSql, select } from './statement.ts'

/** A change to announce. */
export interface NewEvent {
  readonly kind: EventKind
  readonly subjectId: number
  /** Only what the subject's own rows do not store. */
  readonly data?: object
}

/** The same kind of event about several subjects. */
export function eventsOf(kind: EventKind, subjectIds: readonly number[]): readonly NewEvent[] {
  return subjectIds.map((subjectId) => ({ kind, subjectId }))
}

/** Writes events. Belongs in the transaction of the change: both are committed or neither. */
export async function recordEvents(db: Database, events: readonly NewEvent[], tx: Transaction): Promise<void> {
  if (events.length === 0) return
  const { sql, values } = eventsStatement(db.dialect, events)
  await changeRows(db, sql, values, tx)
}

/** Runs a statement that changes rows, and writes the corresponding events. */
export async function changeAndRecord(
  db: Database,
  change: { readonly sql: string; readonly values: readonly unknown[]; readonly events: readonly NewEvent[] },
  tx: Transaction,
): Promise<void> {
  await changeRows(db, change.sql, change.values, tx)
  await recordEvents(db, change.events, tx)
}

/** The statement that writes events, for code that uses the driver directly. @param events at least one */
export function eventsStatement(dialect: Database['dialect'], events: readonly NewEvent[]): Statement {
  const rows = events.map(() => `(?,?,?,${nowSql(dialect)})`).join(',')
  return {
    sql: `INSERT INTO events (kind, subject_id, data, at) VALUES ${rows}`,
    values: events.flatMap(({ kind, subjectId, data }): SqlValue[] => [
      kind,
      subjectId,
      data === undefined ? null : JSON.stringify(data),
    ]),
  }
}

/**
 * The delivery events of a change whose ids are not known yet. @param condition on `outbound_messages`, true both
 * before and after the change
 */
export async function recordDeliveriesWhere(
  db: Database,
  condition: { readonly sql: string; readonly values: readonly unknown[] },
  tx: Transaction,
): Promise<void> {
  const sql = `INSERT INTO events (kind, subject_id, at)
    SELECT 'delivery', id, ${nowSql(db.dialect)} FROM outbound_messages WHERE ${condition.sql}`
  await changeRows(db, sql, condition.values, tx)
}

const EVENT = selection(EVENTS.columns)

/** Events after one, in id order. Some with lower ids may become visible later: commits happen in another order. */
export function listEventsAfter(
  db: Database,
  args: { readonly afterId: number; readonly limit: number },
): Promise<readonly EventRow[]> {
  return select(db, EVENT, {
    sql: 'FROM events WHERE id > ? ORDER BY id LIMIT ?',
    values: [args.afterId, args.limit],
  })
}

/** Those of these events that are visible by now. */
export function listEventsAmong(db: Database, args: { readonly ids: readonly number[] }): Promise<readonly EventRow[]> {
  return select(db, EVENT, { sql: 'FROM events WHERE id IN (?) ORDER BY id', values: [args.ids] })
}

const BOUNDS = selection({
  oldestId: expression(orNull(bigint), 'MIN(id)'),
  newestId: expression(orNull(bigint), 'MAX(id)'),
})

/** The oldest and newest stored events; 0: none was ever written. */
export async function readEventBounds(db: Database): Promise<{ readonly oldestId: number; readonly newestId: number }> {
  const [row] = await select(db, BOUNDS, { sql: 'FROM events', values: [] })
  return { oldestId: row?.oldestId ?? 0, newestId: row?.newestId ?? 0 }
}

const AGE = selection({ id: EVENTS.columns.id, at: EVENTS.columns.at, now: expression(time, 'UTC_TIMESTAMP(3)') })
const AGE_SQLITE = selection({ id: EVENTS.columns.id, at: EVENTS.columns.at, now: expression(time, nowSql('sqlite')) })
/** Rows deleted per transaction: few enough that nobody notices the wait. */
const MAX_REMOVED_AT_ONCE = 2000

/**
 * Deletes events older than the limit, and those in excess of the count; the newest always stays, so that the sequence
 * position is known.
 *
 * @returns how many were deleted
 */
export async function pruneEvents(
  db: Database,
  args: { readonly maxAgeMs: number; readonly maxCount: number },
): Promise<number> {
  const { newestId } = await readEventBounds(db)
  let removed = 0
  for (;;) {
    const rows = await select(db, db.dialect === 'mysql' ? AGE : AGE_SQLITE, {
      sql: 'FROM events WHERE id < ? ORDER BY id LIMIT ?',
      values: [newestId, MAX_REMOVED_AT_ONCE],
    })
    const old = rows.filter(
      ({ id, at, now }) => id <= newestId - args.maxCount || now.getTime() - at.getTime() > args.maxAgeMs,
    )
    const last = old.at(-1)
    if (last === undefined) return removed
    await db.write((tx) => changeRows(db, 'DELETE FROM events WHERE id <= ?', [last.id], tx))
    removed += old.length
    if (old.length < rows.length || rows.length < MAX_REMOVED_AT_ONCE) return removed
  }
}
