import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import type { DeliveryRow } from '../tables/outbound-messages.ts'
import { readNumber, readText, readTextOrNull, selectRows } from './statement.ts'

/** What blocks a delivery from outside. */
export interface Hold {
  readonly by: 'account' | 'endpoint'
  readonly code: string
  readonly detail: string | null
}

/** Finds which of these deliveries wait for a halted account or endpoint, by delivery. */
export async function findHolds(
  db: Database,
  args: { readonly rows: readonly Pick<DeliveryRow, 'id' | 'state' | 'endpointId' | 'targetKind'>[] },
  tx?: Transaction,
): Promise<ReadonlyMap<number, Hold>> {
  const waiting = args.rows.filter(({ state }) => state === 'queued')
  if (waiting.length === 0) return new Map()
  const byAccount = await findAccountHolds(db, tx)
  const rows = await selectRows(
    db,
    `SELECT id, reason_code, reason_detail FROM endpoints WHERE id IN (?) AND state <> 'active'`,
    [[...new Set(waiting.map(({ endpointId }) => endpointId ?? 0))]],
    tx,
  )
  const byEndpoint = new Map(
    rows.map((row) => {
      const code = readTextOrNull(row, 'endpoints.reason_code') ?? 'paused'
      return [
        readNumber(row, 'endpoints.id'),
        { by: 'endpoint' as const, code, detail: readTextOrNull(row, 'endpoints.reason_detail') },
      ]
    }),
  )
  return new Map(
    waiting.flatMap(({ id, endpointId, targetKind }) => {
      const hold: Hold | undefined = byAccount.get(targetKind) ?? byEndpoint.get(endpointId ?? 0)
      return hold === undefined ? [] : [[id, hold] as const]
    }),
  )
}

/** By target kind. */
async function findAccountHolds(db: Database, tx: Transaction | undefined): Promise<ReadonlyMap<string, Hold>> {
  const sql = `SELECT kind, reason_code, reason_detail FROM vendor_accounts WHERE state = 'parked'`
  const rows = await selectRows(db, sql, [], tx)
  return new Map(
    rows.map((row) => {
      const code = readTextOrNull(row, 'vendor_accounts.reason_code') ?? 'parked'
      return [
        readText(row, 'vendor_accounts.kind'),
        { by: 'account', code, detail: readTextOrNull(row, 'vendor_accounts.reason_detail') },
      ]
    }),
  )
}
