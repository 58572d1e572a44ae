import type { DeviceRow } from '@paikea/database'
import { hasRole, type Caller } from '@paikea/operations'
import { presentTime } from '../../http/fields.ts'
import { positionFrozenSince } from './frozen.ts'
import { healthOf } from './health.ts'
import type { DeviceView } from './schema.ts'

/** A device as the API returns it; the modem's serial only for callers who may claim the modem. */
export function presentDevice(row: DeviceRow, now: Date, caller: Pick<Caller, 'isSystemAdmin' | 'roles'>): DeviceView {
  const { state, modem } = row
  const serial = hasRole(caller, row.group.id, 'operator') ? (modem?.serial ?? null) : null
  return {
    iam: row.iam,
    kind: row.kind,
    label: row.label,
    group: { id: row.group.id, name: row.group.name },
    approved: row.approved,
    generation: row.generation,
    owner: row.owner?.iam ?? null,
    createdAt: presentTime(row.createdAt),
    modem: modem === null ? null : { imei: modem.imei, serial },
    lastReport: presentLastReport(state),
    lastFix: presentLastFix(state),
    positionFrozenSince: presentTime(positionFrozenSince(state)),
    lastSeen: presentTime(row.lastSeenAt),
    ...healthOf(row, now),
  }
}

function presentLastReport(state: DeviceRow['state']): DeviceView['lastReport'] {
  if (state === null || state.lastReportAt === null) return null
  return {
    at: presentTime(state.lastReportAt),
    receivedAt: presentTime(state.lastReceivedAt),
    batteryVolts: state.batteryVolts,
    intervalMinutes: state.intervalMinutes,
    sleepMinutes: state.sleepMinutes,
    reason: state.reason,
    status: state.status,
  }
}

function presentLastFix(state: DeviceRow['state']): DeviceView['lastFix'] {
  if (state === null || state.lastFixAt === null || state.latitude === null || state.longitude === null) return null
  return {
    at: presentTime(state.lastFixAt),
    latitude: state.latitude,
    longitude: state.longitude,
    sogKnots: state.sogKnots,
    cogDegrees: state.cogDegrees,
  }
}
