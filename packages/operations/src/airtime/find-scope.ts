import { type AirtimeScope, listGroups } from '@paikea/database'
import { requireRole, scopeOf } from '../caller.ts'
import { findDeviceFor } from '../fleet/find-device.ts'
import type { Work } from '../operation.ts'
import { refuseField, refuseForbidden } from '../refusal.ts'

/** Whose airtime: a device's, a group's, or, with neither, the whole installation's. */
export interface AirtimeOf {
  readonly iam?: string | undefined
  readonly groupId?: number | undefined
}

/** A scope that the caller may set levels for. */
export interface FoundScope {
  readonly scope: AirtimeScope
  readonly groupId: number | null
  /** Its name in the audit log: `airtime/device/PK001`. */
  readonly subject: string
}

/**
 * @throws Refusal `not-found`; `invalid`; `forbidden` without `admin` in the group, or, for the whole installation,
 * unless a system administrator
 */
export async function findScope(work: Work, { iam, groupId }: AirtimeOf): Promise<FoundScope> {
  const { db, caller, tx } = work
  if (iam !== undefined && groupId !== undefined) {
    throw refuseField('groupId', 'one-of-two', 'must not be combined with iam')
  }
  if (iam !== undefined) {
    const device = await findDeviceFor(work, iam, 'admin')
    return { scope: { kind: 'device', id: device.id }, groupId: device.group.id, subject: `airtime/device/${iam}` }
  }
  if (groupId !== undefined) {
    const groups = await listGroups(db, { scope: scopeOf(caller) }, tx)
    if (!groups.some(({ id }) => id === groupId))
      throw refuseField('groupId', 'unknown-group', 'there is no such group')
    requireRole(caller, groupId, 'admin')
    return { scope: { kind: 'group', id: groupId }, groupId, subject: `airtime/group/${groupId}` }
  }
  if (!caller.isSystemAdmin)
    throw refuseForbidden('Only system administrators may set levels for everything: name iam or groupId.')
  return { scope: { kind: 'all', id: 0 }, groupId: null, subject: 'airtime/all' }
}
