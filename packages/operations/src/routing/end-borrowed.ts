import { type ModemRow, switchOffRoutesTo } from '@paikea/database'
import { ownerOf } from '../fleet/owner.ts'
import type { Consequence, Work } from '../operation.ts'

/**
 * Switches off other groups' routes to a modem once it changes its group: whoever created those routes had the
 * right to send for the group before, not for this one. Its operators can switch them on again.
 *
 * @returns an audit entry for each, in the group of the route
 */
export async function endBorrowed(
  { db, tx }: Work,
  { before, after }: { readonly before: ModemRow | null; readonly after: ModemRow | null },
): Promise<readonly Consequence[]> {
  if (before === null || after === null || ownerOf(before) === ownerOf(after)) return []
  const routes = await switchOffRoutesTo(db, { modemId: after.id, exceptGroupId: ownerOf(after) }, tx)
  return routes.map(({ id, groupId }) => ({
    action: 'route.switched-off',
    subject: `route/${String(id)}`,
    groupId,
    before: { enabled: true },
    after: { enabled: false, why: 'modem-changed-group', imei: after.imei },
  }))
}
