import {
  countUnapproved,
  type Database,
  findHarbourDevice,
  insertDevice,
  listGroups,
  recordAudit,
} from '@paikea/database'
import type { WireKind } from '@paikea/firmware/wire'

/** More first contacts wait for approval than any harbour has devices: somebody is filling the list. */
export class HarbourFullError extends Error {
  override readonly name = 'HarbourFullError'
}

/** What a device has as its name before it was given one. */
const FACTORY_NAME = 'TEST'
const MAX_UNAPPROVED = 5000

/**
 * Gives a known device its name back, and a new one the next free name of its kind. New devices wait for approval. Two first
 * contacts at once wait for each other at the group's row, in every process.
 *
 * @returns the name
 */
export async function registerDevice(
  db: Database,
  input: { readonly kind: WireKind; readonly iam: string | null; readonly address: string | null },
): Promise<{ readonly iam: string; readonly isNew: boolean }> {
  const { kind, iam, address } = input
  if (iam !== null && iam !== FACTORY_NAME) {
    const known = await findHarbourDevice(db, { iam, kind })
    if (known !== null) return { iam: known.iam, isNew: false }
  }
  return await db.write(async (tx) => {
    const groups = await listGroups(db, { scope: { all: true } }, tx)
    const groupId = Math.min(...groups.map(({ id }) => id))
    if (!Number.isFinite(groupId)) throw new Error('there is no group to put a new device in')
    if ((await countUnapproved(db, tx)) >= MAX_UNAPPROVED) {
      throw new HarbourFullError(`${MAX_UNAPPROVED} devices wait for approval`)
    }
    const made = await insertDevice(db, { kind, groupId, isApproved: false, generation: 'v2' }, tx)
    const subject = `device/${made.iam}`
    const after = { kind, saidIam: iam, approved: false }
    const entry = { actor: 'system/harbour', address, action: 'device.registered', subject, groupId }
    await recordAudit(db, { ...entry, before: null, after }, tx)
    return { iam: made.iam, isNew: true }
  })
}
