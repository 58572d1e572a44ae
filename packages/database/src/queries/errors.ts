import type { DeliveryState } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database, GroupScope } from '../database.ts'
import { selection } from '../sql/selection.ts'
import { type Condition, when, where } from '../sql/where.ts'
import type { ErrorKind } from '../tables/dismissed-errors.ts'
import { INBOUND_MESSAGES, type InboundRow } from '../tables/inbound-messages.ts'
import { type DeliveryRow, OUTBOUND_MESSAGES } from '../tables/outbound-messages.ts'
import { listInboundByIds } from './messages.ts'
import { ofGroups, reading } from './scope.ts'
import { select } from './statement.ts'

/** States of a delivery that failed, or waits for an operator. */
export const FAULTY_DELIVERY_STATES = ['parked', 'failed', 'unknown', 'expired'] as const satisfies DeliveryState[]

const MESSAGE_ID = selection({ id: INBOUND_MESSAGES.columns.id })
const DELIVERY_ID = selection({ id: OUTBOUND_MESSAGES.columns.id })
const DELIVERY = selection(OUTBOUND_MESSAGES.columns)

/** A page of a list ordered by id, newest first. */
interface Part {
  readonly scope: GroupScope
  readonly limit: number
  readonly afterId: number | null
}

/** Quarantined messages that have not been dismissed, last stored first. */
export async function listQuarantined(db: Database, args: Part, tx?: Transaction): Promise<readonly InboundRow[]> {
  const found = where(
    ofGroups(args.scope, 'group_id'),
    { sql: `state = 'quarantined'`, values: [] },
    when(args.afterId, 'id < ?'),
    notDismissed('message', 'inbound_messages', 'received_at'),
  )
  // Ids first: they come from an index, and only the rows shown are read completely.
  const sql = `FROM inbound_messages ${found.sql} ORDER BY id DESC LIMIT ?`
  const ids = (await select(db, MESSAGE_ID, { sql, values: [...found.values, args.limit] }, tx)).map(({ id }) => id)
  if (ids.length === 0) return []
  return [...(await listInboundByIds(db, { ids }, tx))].sort((a, b) => b.id - a.id)
}

/**
 * Deliveries in one of {@link FAULTY_DELIVERY_STATES} that have not been dismissed, newest first: a group's own, and
 * those to its modems.
 */
export async function listFaultyDeliveries(
  db: Database,
  args: Part,
  tx?: Transaction,
): Promise<readonly DeliveryRow[]> {
  const { scope, limit, afterId } = args
  // Each state, and for a group each half, is a range of its own index.
  const halves: readonly (Condition | null)[] =
    'all' in scope ? [null] : [ofGroups(scope, 'group_id'), ofGroups(scope, 'target_group_id')]
  const ids = new Set<number>()
  for (const state of FAULTY_DELIVERY_STATES) {
    for (const half of halves) {
      const found = where(
        half,
        { sql: 'state = ?', values: [state] },
        when(afterId, 'id < ?'),
        notDismissed('delivery', 'outbound_messages', 'state_changed_at'),
      )
      const sql = `FROM outbound_messages ${found.sql} ORDER BY id DESC LIMIT ?`
      const rows = await select(db, DELIVERY_ID, { sql, values: [...found.values, limit] }, tx)
      for (const { id } of rows) ids.add(id)
    }
  }
  const newest = [...ids].sort((a, b) => b - a).slice(0, limit)
  if (newest.length === 0) return []
  const rows = await select(db, DELIVERY, { sql: 'FROM outbound_messages WHERE id IN (?)', values: [newest] }, tx)
  return rows.sort((a, b) => b.id - a.id)
}

/** Dismisses an error in its state as of `asOf`. */
export async function dismissError(
  db: Database,
  args: {
    readonly kind: ErrorKind
    readonly subjectId: number
    readonly asOf: Date
    readonly dismissedBy: string
  },
  tx: Transaction,
): Promise<void> {
  const { kind, subjectId, asOf, dismissedBy } = args
  const row = await db.models.DismissedError.findOne({ where: { kind, subjectId }, ...reading(tx) })
  if (row === null) await db.models.DismissedError.create({ kind, subjectId, asOf, dismissedBy }, { transaction: tx })
  else await row.update({ asOf, dismissedBy }, { transaction: tx })
}

function notDismissed(kind: ErrorKind, table: string, since: string): Condition {
  const same = `x.kind = ? AND x.subject_id = ${table}.id AND x.as_of >= ${table}.${since}`
  return { sql: `NOT EXISTS (SELECT 1 FROM dismissed_errors x WHERE ${same})`, values: [kind] }
}
