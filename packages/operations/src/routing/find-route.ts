import { findRoute, findSameRoute, lockGroup, type RouteRow, type RouteValues } from '@paikea/database'
import { requireRole, scopeOf } from '../caller.ts'
import type { Facts, Work } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'

/**
 * The route with that id, for a caller who may change it.
 *
 * @throws Refusal `not-found`; `forbidden` without the role in its group
 */
export async function findRouteFor({ db, caller, tx }: Work, id: number): Promise<RouteRow> {
  const route = await findRoute(db, { scope: scopeOf(caller), id }, tx)
  if (route === null) throw refuseUnknown('route')
  requireRole(caller, route.groupId, 'operator')
  return route
}

/** Under a lock, so that the same route made twice at once is made once: each message sent on costs money. */
export async function refuseSame({ db, tx }: Work, values: RouteValues, exceptId: number | null): Promise<void> {
  await lockGroup(db, { id: values.groupId }, tx)
  const same = await findSameRoute(db, { values, exceptId }, tx)
  if (same !== null) throw refuseConflict('route-exists', `Route ${String(same)} is identical.`, 'target')
}

/** What the audit log keeps of a route. */
export function factsOf(values: RouteValues): Facts {
  const { groupId, sourceKind, sourceDeviceId, messageType, endpointId, targetKind, enabled } = values
  return { groupId, sourceKind, sourceDeviceId, messageType, endpointId, targetKind, enabled }
}
