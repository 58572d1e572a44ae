import type { RouteRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { RouteView } from './schema.ts'

/** A route as people and programs see it. */
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

/** What the endpoint's kind wrote; an address is never secret. */
function addressOf({ endpoint }: RouteRow): object {
  return typeof endpoint.config === 'object' && endpoint.config !== null ? endpoint.config : {}
}
