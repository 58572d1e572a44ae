import { findEndpoint, findSameEndpoint, lockGroup, type EndpointRow, type EndpointValues } from '@paikea/database'
import { findTarget, type Target } from '@paikea/delivery'
import { requireRole, scopeOf } from '../caller.ts'
import type { Facts, Work } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'

/** An endpoint with its kind. */
export interface FoundEndpoint {
  readonly row: EndpointRow
  readonly target: Target
}

/**
 * The endpoint with that id, for a caller who may change it.
 *
 * @throws Refusal `not-found`; `forbidden` without the role in its group
 */
export async function findEndpointFor({ db, caller, tx }: Work, id: number): Promise<FoundEndpoint> {
  const row = await findEndpoint(db, { scope: scopeOf(caller), id }, tx)
  const target = row === null ? null : findTarget(row.kind)
  if (row === null || target === null) throw refuseUnknown('endpoint')
  requireRole(caller, row.groupId, 'operator')
  return { row, target }
}

/** Takes a lock, so that concurrent calls cannot create the same endpoint twice. */
export async function refuseTwin({ db, tx }: Work, values: EndpointValues, exceptId: number | null): Promise<void> {
  await lockGroup(db, { id: values.groupId }, tx)
  const same = await findSameEndpoint(db, values, tx)
  if (same === null || same.id === exceptId) return
  throw refuseConflict('endpoint-exists', `Endpoint ${String(same.id)} already leads there.`, 'kind')
}

/** An endpoint's facts for the audit log: its target, never a secret. */
export function factsOf(row: EndpointValues & Partial<Pick<EndpointRow, 'state' | 'reasonCode'>>): Facts {
  const { groupId, kind, label, format, config, state, reasonCode } = row
  return { groupId, kind, label, format, config, ...(state === undefined ? {} : { state, reasonCode }) }
}
