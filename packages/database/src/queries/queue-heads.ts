import { OPEN_DELIVERY_STATES } from '@paikea/domain'

import type { Database } from '../database.ts'

const OPEN_STATES = OPEN_DELIVERY_STATES.map((state) => `'${state}'`).join(', ')

/** The order of a queue, of two rows of it: by cause, and of one cause what came by a route before what a person wrote. */
export function goesBefore(one: string, other: string): string {
  return `(${one}.order_key < ${other}.order_key
    OR (${one}.order_key = ${other}.order_key
      AND (${one}.cause_kind = 'person', ${one}.id) < (${other}.cause_kind = 'person', ${other}.id)))`
}

/**
 * There is an unfinished earlier delivery to the target of `o`. A user's delivery queues behind those of the message it
 * was written after. Deliveries caused by other devices do not wait for one that the airtime guard stopped.
 */
export const EARLIER_DELIVERY = `SELECT 1 FROM outbound_messages e WHERE e.target_key = o.target_key AND e.finished_at IS NULL
  AND ${goesBefore('e', 'o')}
  AND NOT (e.lane = 'stopped' AND COALESCE(e.source_device_id, 0) <> COALESCE(o.source_device_id, 0))`

/** The queues to examine: of every target, or of those behind one endpoint (a placeholder). */
const LOOKED_AT = {
  all: `state IN (${OPEN_STATES})`,
  endpoint: 'endpoint_id = ?',
} as const

/** A join whose left side is read first, whatever the statistics say. */
const FROM_THE_LEFT = { mysql: 'STRAIGHT_JOIN', sqlite: 'CROSS JOIN' } as const

/**
 * `FROM` and the join condition for the deliveries `o` that may head their queues, each with its queue `k`.
 *
 * One walk through the unfinished deliveries finds where each queue begins. Asking for each waiting delivery whether
 * one precedes it costs a look-up per row, and behind an endpoint that was down for a day there are tens of thousands.
 * The walk is on the left of the join: with statistics from before the backlog MariaDB repeats it for each waiting
 * delivery (`LATERAL DERIVED`), which took 24 s where one walk takes a tenth.
 *
 * Deliveries stopped by the airtime guard are skipped here and examined by `IS_FIRST`: nothing of another device waits
 * for them, and whatever is behind the first one not stopped is never first itself.
 */
export function queueHeads({ dialect }: Pick<Database, 'dialect'>, of: keyof typeof LOOKED_AT): string {
  return `(SELECT target_key, MIN(order_key) AS first_key FROM outbound_messages
    WHERE ${LOOKED_AT[of]} AND finished_at IS NULL AND lane <> 'stopped' GROUP BY target_key) k
    ${FROM_THE_LEFT[dialect]} outbound_messages o ON o.target_key = k.target_key AND o.finished_at IS NULL AND o.order_key = k.first_key`
}

/** Nothing precedes `o`. Refers to `k`, so that MySQL checks it only once `o` is known to be at its queue's start. */
export const IS_FIRST = `NOT EXISTS (${EARLIER_DELIVERY.replace('e.target_key = o.target_key', 'e.target_key = k.target_key')})`
