import type { RouteRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { RouteView } from './schema.ts'

/** A route as the API returns it. */
export function presentRoute(row: RouteRow): RouteView {
  return {
    id: row.id,
    groupId: row.groupId,
    source: { kind: row.sourceKind, iam: row.sourceIam },
    messageType: row.messageType,
    target: { ...addressOf(row), kind: row.endpoint.kind, endpointId: row.endpointId, label: row.endpoint.label },
    enabled: row.enabled,
    createdAt: presentTime(row.createdAt),
    updatedAt: presentTime(row.updatedAt),
  }
}

/** The address as the endpoint's kind presents it; an address is never secret. */
function addressOf({ endpoint }: RouteRow): object {
  return typeof endpoint.config === 'object' && endpoint.config !== null ? endpoint.config : {}
}
