import type { EndpointRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import type { EndpointView } from './schema.ts'

/** An endpoint as the API returns it: never with its secrets. */
export function presentEndpoint(row: EndpointRow): EndpointView {
  return {
    ...(typeof row.config === 'object' ? row.config : {}),
    id: row.id,
    groupId: row.groupId,
    kind: row.kind,
    label: row.label,
    format: row.format,
    state: row.state,
    stateReason: row.reasonDetail ?? row.reasonCode,
    stateReasonCode: row.reasonCode,
    stateChangedAt: presentTime(row.stateChangedAt),
    failingSince: presentTime(row.failingSince),
    probeAt: presentTime(row.probeAt),
    createdAt: presentTime(row.createdAt),
    updatedAt: presentTime(row.updatedAt),
  }
}
