import { MESSAGE_STATES, type MessageState } from '@paikea/domain'
import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { expression } from '../sql/column.ts'
import { bigint, orNull } from '../sql/kinds.ts'
import { selection } from '../sql/selection.ts'
import { type Condition, when, where } from '../sql/where.ts'
import { INBOUND_MESSAGES } from '../tables/inbound-messages.ts'
import { MAX_LOOKS, selectAll } from './select-all.ts'
import { select } from './statement.ts'

/** Filters of the message list, combined with AND. */
export interface InboundFilter {
  readonly imei?: string | undefined
  readonly state?: MessageState | undefined
  readonly deviceId?: number | undefined
  /** By time of arrival, both inclusive. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Messages that were processed and sent nowhere. */
  readonly isUnrouted?: boolean | undefined
}

/** The condition on `inbound_messages` for those that were sent nowhere. */
export function ofUnrouted({ isUnrouted }: Pick<InboundFilter, 'isUnrouted'>): Condition | null {
  if (isUnrouted !== true) return null
  const sql = `state = 'processed' AND NOT EXISTS (SELECT 1 FROM outbound_messages o WHERE o.cause_message_id = inbound_messages.id)`
  return { sql, values: [] }
}

/** If fewer messages than this arrived in a span of time, whosever they are, the search is bounded by their ids. */
const MAX_OF_SPAN = 10_000

const ID = selection({ id: INBOUND_MESSAGES.columns.id })
const SPAN = selection({
  first: expression(orNull(bigint), 'MIN(id)'),
  last: expression(orNull(bigint), 'MAX(id)'),
  count: expression(bigint, 'COUNT(*)'),
})

/**
 * Ids of the groups' newest messages, last stored first. Each state of each group is read from the end of its range in
 * the index on (group_id, state): for several at once, MariaDB reads and sorts all that they ever sent.
 */
export async function newestOfGroups(
  db: Database,
  args: {
    readonly groupIds: readonly number[]
    readonly filter: Pick<InboundFilter, 'state' | 'from' | 'to' | 'isUnrouted'>
    readonly limit: number
    readonly afterId: number | null
  },
  tx?: Transaction,
): Promise<readonly number[]> {
  const { groupIds, filter, limit, afterId } = args
  const span = await idsOfSpan(db, filter, tx)
  if (span === null) return []
  const found = where(
    { sql: 'group_id = ? AND state = ?', values: [] },
    when(afterId, 'id < ?'),
    when(span.first, 'id >= ?'),
    when(span.last, 'id <= ?'),
    when(filter.from, 'received_at >= ?'),
    when(filter.to, 'received_at <= ?'),
    ofUnrouted(filter),
  )
  const sql = `SELECT ${ID.sql} FROM inbound_messages ${found.sql} ORDER BY inbound_messages.id DESC LIMIT ?`
  const all = filter.isUnrouted === true ? (['processed'] as const) : MESSAGE_STATES
  const states = filter.state === undefined ? all : [filter.state]
  const looks = groupIds.flatMap((groupId) => states.map((state) => [groupId, state, ...found.values, limit]))
  const ids: number[] = []
  for (let start = 0; start < looks.length; start += MAX_LOOKS) {
    const some = looks.slice(start, start + MAX_LOOKS)
    const rows = await selectAll(db, { sql, count: some.length, values: some.flat() }, tx)
    ids.push(...rows.map((row) => ID.read(row).id))
  }
  return ids.sort((one, other) => other - one).slice(0, limit)
}

/**
 * The lowest and highest ids of the messages that arrived in a span of time, if they are few. Ids do not follow
 * arrival, as messages may have waited to be stored; they bound the search, and times are compared anyway. `null`:
 * nothing arrived.
 */
async function idsOfSpan(
  db: Database,
  { from, to }: Pick<InboundFilter, 'from' | 'to'>,
  tx: Transaction | undefined,
): Promise<{ readonly first: number | null; readonly last: number | null } | null> {
  const unbounded = { first: null, last: null }
  const span = where(when(from, 'received_at >= ?'), when(to, 'received_at <= ?'))
  if (span.values.length === 0) return unbounded
  const sql = `FROM (SELECT id FROM inbound_messages ${span.sql} ORDER BY received_at DESC LIMIT ?) AS came`
  const [row] = await select(db, SPAN, { sql, values: [...span.values, MAX_OF_SPAN] }, tx)
  if (row === undefined || row.count === 0) return null
  return row.count < MAX_OF_SPAN ? row : unbounded
}
