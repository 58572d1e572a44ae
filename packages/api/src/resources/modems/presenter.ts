import type { ModemRow } from '@paikea/database'
import { presentTime } from '../../http/fields.ts'
import { hasRole, ownerOf } from '@paikea/operations'
import type { Principal } from '../../auth/principal.ts'
import type { ModemView } from './schema.ts'

/** A modem as the API returns it. */
export function presentModem(row: ModemRow, principal: Principal): ModemView {
  return {
    imei: row.imei,
    serial: hasRole(principal, ownerOf(row), 'operator') ? row.serial : null,
    label: row.label,
    claimed: row.claimed,
    device: row.device === null ? null : { iam: row.device.iam, label: row.device.label },
    firstSeen: presentTime(row.firstSeenAt),
    lastSeen: presentTime(row.lastSeenAt),
    lastMomsn: row.lastMomsn,
    momsnGaps: row.momsnGaps.map(({ from, to, since }) => ({ from, to, since: presentTime(since) })),
  }
}
