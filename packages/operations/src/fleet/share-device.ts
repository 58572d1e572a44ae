import { deleteShareLink, insertShareLink, listShareLinks, type ShareLinkRow } from '@paikea/database'
import { hashSecret, newSecret } from '../accounts/secrets.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'
import { findDeviceFor } from './find-device.ts'

/** Prefix of share tokens, by which a leaked one can be found. */
const SHARE_PREFIX = 'pks_'
const LONGEST_MS = 366 * 24 * 3_600_000
/** More links to one device than anyone can oversee. */
const MOST_LINKS = 50

/** A link that was just created; its token is available only once. */
export interface MadeShareLink {
  readonly id: number
  readonly token: string
}

/**
 * Creates a link that shows a device's position to people without an account until a given day.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if there are too many
 */
export const shareDevice = operation<
  { readonly iam: string; readonly until: Date; readonly label: string | null },
  MadeShareLink
>('device.shared', async (work, { iam, until, label }) => {
  const { db, caller, tx, now } = work
  const device = await findDeviceFor(work, iam, 'operator')
  const leftMs = until.getTime() - now.getTime()
  if (leftMs <= 0) throw refuseField('until', 'not-in-future', 'must be in the future')
  if (leftMs > LONGEST_MS) throw refuseField('until', 'too-far', 'must be within a year')
  const links = await listShareLinks(db, { deviceId: device.id, now }, tx)
  if (links.length >= MOST_LINKS) throw refuseConflict('too-many-links', 'End one of its links first.')
  const token = SHARE_PREFIX + newSecret()
  const values = { tokenHash: hashSecret(token), deviceId: device.id, label, createdBy: caller.actor, expiresAt: until }
  const id = await insertShareLink(db, values, tx)
  const subject = `device/${iam}/share-link/${String(id)}`
  return { result: { id, token }, subject, groupId: device.group.id, before: null, after: { label, until } }
})

/** Ends a link. @throws Refusal `not-found`, `forbidden` */
export const unshareDevice = operation<{ readonly iam: string; readonly id: number }, void>(
  'device.unshared',
  async (work, { iam, id }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    const link = await findLink(work, device.id, id)
    await deleteShareLink(work.db, { id }, work.tx)
    const before = { label: link.label, until: link.expiresAt }
    const subject = `device/${iam}/share-link/${String(id)}`
    return { result: undefined, subject, groupId: device.group.id, before, after: null }
  },
)

async function findLink({ db, tx, now }: Work, deviceId: number, id: number): Promise<ShareLinkRow> {
  const found = (await listShareLinks(db, { deviceId, now }, tx)).find((link) => link.id === id)
  if (found === undefined) throw refuseUnknown('link')
  return found
}
