import { OPEN_DELIVERY_STATES } from '@paikea/domain'

import type { Database } from '../database.ts'

const OPEN_STATES = OPEN_DELIVERY_STATES.map((state) => `'${state}'`).join(', ')

/**
 * An earlier delivery to the target of `o` is not done with. A person's stands behind those of the message it was written after.
 * One that the airtime guard stopped is not waited for by what other devices cause.
 */
export const EARLIER_DELIVERY = `SELECT 1 FROM outbound_messages e WHERE e.target_key = o.target_key AND e.finished_at IS NULL
  AND (e.order_key < o.order_key
    OR (e.order_key = o.order_key AND (e.cause_kind = 'person', e.id) < (o.cause_kind = 'person', o.id)))
  AND NOT (e.lane = 'stopped' AND COALESCE(e.source_device_id, 0) <> COALESCE(o.source_device_id, 0))`

/** Whose queues are looked at: of every target, or of those behind one endpoint (a placeholder). */
const LOOKED_AT = {
  all: `state IN (${OPEN_STATES})`,
  endpoint: 'endpoint_id = ?',
} as const

/** A join whose left side is read first, whatever the statistics say. */
const FROM_THE_LEFT = { mysql: 'STRAIGHT_JOIN', sqlite: 'CROSS JOIN' } as const

/**
 * `FROM` and the join condition for the deliveries `o` that may be the first of their queues, each with its queue `k`.
 *
 * One walk through what is not finished finds where each queue begins. To ask of every waiting delivery whether one stands
 * before it costs a look-up a row, and behind an endpoint that was away for a day there are tens of thousands of them.
 * The walk stands on the left of the join: with statistics from before the backlog MariaDB repeats it for each waiting
 * delivery (`LATERAL DERIVED`), which took 24 s where one walk takes a tenth.
 *
 * What the airtime guard stopped is passed over here and looked at by `IS_FIRST`: nothing of another device waits for it,
 * and what is behind the first that does not stand still is never first itself.
 */
export function queueHeads({ dialect }: Pick<Database, 'dialect'>, of: keyof typeof LOOKED_AT): string {
  return `(SELECT target_key, MIN(order_key) AS first_key FROM outbound_messages
    WHERE ${LOOKED_AT[of]} AND finished_at IS NULL AND lane <> 'stopped' GROUP BY target_key) k
    ${FROM_THE_LEFT[dialect]} outbound_messages o ON o.target_key = k.target_key AND o.finished_at IS NULL AND o.order_key = k.first_key`
}

/**
 * That nothing stands before `o`. It speaks of `k`, so that MySQL asks only once `o` is known to be where its queue begins.
 */
export const IS_FIRST = `NOT EXISTS (${EARLIER_DELIVERY.replace('e.target_key = o.target_key', 'e.target_key = k.target_key')})`
