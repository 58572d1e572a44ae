import { countUnapproved, findHarbourDevice, insertDevice, listGroups } from '@paikea/database'
import type { DeviceKind } from '@paikea/domain'
import { operation } from '../operation.ts'

/** More devices waiting for approval than any harbour has: someone is flooding the list. */
class HarbourFullError extends Error {
  override readonly name = 'HarbourFullError'
}

/** A device's name before it is given one. */
const FACTORY_NAME = 'TEST'
const MAX_UNAPPROVED = 5000

/**
 * Returns a known device's name, and assigns a new one the next free name of its kind. New devices wait for approval.
 * Concurrent first contacts are serialised by a lock on the group's row, across processes.
 *
 * @throws HarbourFullError
 */
export const registerDevice = operation(
  'device.registered',
  async ({ db, tx }, input: { readonly kind: DeviceKind; readonly iam: string | null }) => {
    const { kind, iam } = input
    if (iam !== null && iam !== FACTORY_NAME) {
      const known = await findHarbourDevice(db, { iam, kind }, tx)
      if (known !== null) return { result: { iam: known.iam, isNew: false }, subject: null }
    }
    const groups = await listGroups(db, { scope: { all: true } }, tx)
    const groupId = Math.min(...groups.map(({ id }) => id))
    if (!Number.isFinite(groupId)) throw new Error('there is no group for a new device')
    if ((await countUnapproved(db, tx)) >= MAX_UNAPPROVED) {
      throw new HarbourFullError(`${MAX_UNAPPROVED} devices are waiting for approval`)
    }
    const made = await insertDevice(db, { kind, groupId, isApproved: false, generation: 'v2' }, tx)
    return {
      result: { iam: made.iam, isNew: true },
      subject: `device/${made.iam}`,
      groupId,
      before: null,
      after: { kind, saidIam: iam, approved: false },
    }
  },
)
