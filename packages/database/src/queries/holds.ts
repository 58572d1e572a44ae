import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { DeliveryRow } from '../tables/outbound-messages.ts'
import { readNumber, readTextOrNull, selectRows } from './statement.ts'

/** What holds up a delivery from outside. */
export interface Hold {
  readonly code: string
  readonly detail: string | null
}

/** What holds up those of these deliveries that wait behind an endpoint which takes none, by delivery. */
export async function findHolds(
  db: Database,
  args: { readonly rows: readonly Pick<DeliveryRow, 'id' | 'state' | 'endpointId'>[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, Hold>> {
  const waiting = args.rows.filter(({ state, endpointId }) => state === 'queued' && endpointId !== null)
  if (waiting.length === 0) return new Map()
  const rows = await selectRows(
    db,
    `SELECT id, reason_code, reason_detail FROM endpoints WHERE id IN (?) AND state <> 'active'`,
    [[...new Set(waiting.map(({ endpointId }) => endpointId))]],
    tx,
  )
  const byEndpoint = new Map(
    rows.map((row) => {
      const code = readTextOrNull(row, 'endpoints.reason_code') ?? 'paused'
      return [readNumber(row, 'endpoints.id'), { code, detail: readTextOrNull(row, 'endpoints.reason_detail') }]
    }),
  )
  return new Map(
    waiting.flatMap(({ id, endpointId }) => {
      const hold = byEndpoint.get(endpointId ?? 0)
      return hold === undefined ? [] : [[id, hold] as const]
    }),
  )
}
