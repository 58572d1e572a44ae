import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { recordDeliveriesWhere } from './events.ts'
import { changeRows, nowSql, parseStoredJson } from './statement.ts'
import type { EndpointValues } from './endpoints.ts'

/** The parts of an endpoint that only sending needs; `null`: none. Never to be shown. */
export async function loadEndpointSecrets(
  db: Database,
  args: { readonly endpointId: number },
  tx: Transaction,
): Promise<unknown> {
  const row = await db.models.Endpoint.findOne({
    where: { id: args.endpointId, deletedAt: null },
    attributes: ['secrets'],
    transaction: tx,
    lock: true,
  })
  return row?.secrets == null ? null : parseStoredJson('endpoints.secrets', row.secrets)
}

/** Replaces an endpoint's values. */
export async function updateEndpoint(
  db: Database,
  args: {
    readonly endpointId: number
    readonly values: Pick<EndpointValues, 'label' | 'format' | 'addressKey' | 'config'>
  },
  tx: Transaction,
): Promise<void> {
  const { values, endpointId } = args
  const columns = { ...values, config: JSON.stringify(values.config), updatedAt: new Date() }
  await db.models.Endpoint.update(columns, { where: { id: endpointId }, transaction: tx })
}

/** Replaces an endpoint's secrets. */
export async function setEndpointSecrets(
  db: Database,
  args: { readonly endpointId: number; readonly secrets: unknown },
  tx: Transaction,
): Promise<void> {
  const columns = { secrets: JSON.stringify(args.secrets), updatedAt: new Date() }
  await db.models.Endpoint.update(columns, { where: { id: args.endpointId }, transaction: tx })
}

/** Pauses an endpoint until a user resumes it, whether or not it was already paused. */
export function holdEndpoint(
  db: Database,
  args: { readonly endpointId: number; readonly reasonCode: string; readonly reasonDetail: string },
  tx: Transaction,
): Promise<void> {
  const { endpointId, reasonCode, reasonDetail } = args
  return changeRows(
    db,
    `UPDATE endpoints SET state = 'paused', reason_code = ?, reason_detail = ?, state_changed_at = ${nowSql(db.dialect)},
     probe_at = NULL, draining = ? WHERE id = ?`,
    [reasonCode, reasonDetail.slice(0, 500), true, endpointId],
    tx,
  )
}

/** Deletes an endpoint and its routes; cancels waiting deliveries. */
export async function deleteEndpoint(
  db: Database,
  args: { readonly endpointId: number; readonly now: Date },
  tx: Transaction,
): Promise<void> {
  const { endpointId, now } = args
  await db.models.Route.update({ deletedAt: now }, { where: { endpointId, deletedAt: null }, transaction: tx })
  const waiting = { sql: `endpoint_id = ? AND state IN ('queued','parked')`, values: [endpointId] }
  await recordDeliveriesWhere(db, waiting, tx)
  await changeRows(
    db,
    `UPDATE outbound_messages SET state = 'cancelled', state_changed_at = ${nowSql(db.dialect)},
     reason_code = 'endpoint-deleted', reason_detail = 'Its endpoint was deleted.', finished_at = ?, waiting = ?
     WHERE ${waiting.sql}`,
    [now, false, ...waiting.values],
    tx,
  )
  const columns = { deletedAt: now, addressKey: `deleted/${endpointId}`, secrets: null }
  await db.models.Endpoint.update(columns, { where: { id: endpointId }, transaction: tx })
}
