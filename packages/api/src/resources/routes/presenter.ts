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
    target:
      row.targetKind === 'modem'
        ? { kind: 'modem', imei: row.targetImei }
        : { kind: 'rockstar', serial: row.targetSerial },
    enabled: row.enabled,
    createdAt: presentTime(row.createdAt),
    updatedAt: presentTime(row.updatedAt),
  }
}
