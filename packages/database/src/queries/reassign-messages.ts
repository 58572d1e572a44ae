import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { sentAtSql } from '../store-batch/sent-at.ts'
import { rejudgeFixes } from './rejudge-fixes.ts'
import { refreshDeviceState } from './device-state.ts'
import { changeRows, countChanged, readNumberOrNull, selectRows } from './statement.ts'

/** A period during which a modem's messages belong to a device, or to none; `null`: open on that side. */
interface Span {
  readonly deviceId: number | null
  readonly from: Date | null
  readonly to: Date | null
}

/**
 * Moves a modem's messages, with their reports, to where its assignments say they belong by transmission time, and
 * recomputes the last states and suspect fixes of the devices affected. Call it after each change of assignments, in
 * the same transaction; the modem's row must be locked.
 *
 * @returns how many messages moved
 */
export async function reassignMessages(
  db: Database,
  args: { readonly modemId: number; readonly now: Date },
  tx: Transaction,
): Promise<number> {
  const { modemId, now } = args
  const touched = new Set<number>()
  let count = 0
  for (const span of await spansOf(db, modemId, tx)) {
    const where = conditionOf(db, modemId, span)
    const losers = await selectRows(
      db,
      `SELECT DISTINCT m.device_id FROM inbound_messages m WHERE ${where.sql}`,
      where.values,
      tx,
    )
    if (losers.length === 0) continue
    for (const row of losers) touched.add(readNumberOrNull(row, 'inbound_messages.device_id') ?? 0)
    touched.add(span.deviceId ?? 0)
    const values = [span.deviceId, ...where.values]
    // The reports first: afterwards nothing tells which messages were moved.
    const moved = `SELECT m.id FROM inbound_messages m WHERE ${where.sql}`
    await changeRows(db, `UPDATE reports SET device_id = ? WHERE message_id IN (${moved})`, values, tx)
    const group = '(SELECT d.group_id FROM devices d WHERE d.id = ?)'
    count += await countChanged(
      db,
      `UPDATE inbound_messages AS m SET group_id = ${group}, device_id = ? WHERE ${where.sql}`,
      [span.deviceId, ...values],
      tx,
    )
  }
  touched.delete(0)
  for (const deviceId of [...touched].sort((a, b) => a - b)) {
    await rejudgeFixes(db, { deviceId }, tx)
    await refreshDeviceState(db, { deviceId, now }, tx)
  }
  return count
}

/**
 * All of time, split where the modem changed hands: what was sent before it was first attached to a device belongs to
 * that device.
 */
async function spansOf(db: Database, modemId: number, tx: Transaction): Promise<readonly Span[]> {
  const assignments = await db.models.ModemAssignment.findAll({
    where: { modemId },
    order: [
      ['fromAt', 'ASC'],
      ['id', 'ASC'],
    ],
    transaction: tx,
  })
  const spans: Span[] = []
  for (const { deviceId, fromAt, toAt } of assignments) {
    const before = spans.at(-1)
    if (before?.to != null && before.to < fromAt) spans.push({ deviceId: null, from: before.to, to: fromAt })
    spans.push({ deviceId, from: before === undefined ? null : fromAt, to: toAt })
  }
  const last = spans.at(-1)
  if (last?.to != null) spans.push({ deviceId: null, from: last.to, to: null })
  return spans
}

function conditionOf({ dialect }: Database, modemId: number, { deviceId, from, to }: Span) {
  const sent = sentAtSql(dialect, 'm')
  const ends = [
    ...(from === null ? [] : [{ sql: `${sent} >= ?`, value: from }]),
    ...(to === null ? [] : [{ sql: `${sent} < ?`, value: to }]),
  ]
  const isElsewhere = deviceId === null ? 'm.device_id IS NOT NULL' : '(m.device_id IS NULL OR m.device_id <> ?)'
  return {
    sql: ['m.modem_id = ?', ...ends.map(({ sql }) => `(${sql})`), isElsewhere].join(' AND '),
    values: [modemId, ...ends.map(({ value }) => value), ...(deviceId === null ? [] : [deviceId])],
  }
}
