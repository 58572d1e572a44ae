import { findDevice, type DeviceRow } from '@paikea/database'
import type { Role } from '@paikea/domain'
import { requireRole, scopeOf } from '../caller.ts'
import type { Facts, OperationContext, Work } from '../operation.ts'
import { refuseUnknown } from '../refusal.ts'

/**
 * The device of that name, for a caller who may change it.
 *
 * @throws Refusal `not-found`; `forbidden` without the role in its group
 */
export async function findDeviceFor(
  { db, caller, tx }: OperationContext & Partial<Pick<Work, 'tx'>>,
  iam: string,
  needed: Role,
): Promise<DeviceRow> {
  const device = await findDevice(db, { scope: scopeOf(caller), iam }, tx)
  if (device === null) throw refuseUnknown('device')
  requireRole(caller, device.group.id, needed)
  return device
}

/** The facts of a device for the audit log. */
export function factsOf({ kind, label, group, approved, generation, owner, modem }: DeviceRow): Facts {
  return { kind, label, groupId: group.id, approved, generation, owner: owner?.iam ?? null, imei: modem?.imei ?? null }
}
