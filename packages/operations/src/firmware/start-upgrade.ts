import {
  findDeviceFirmware,
  findOpenJob,
  findUpgradeJob,
  insertUpgradeJob,
  type ReleaseRow,
  type UpgradeJobRow,
} from '@paikea/database'
import { findDeviceFor } from '../fleet/find-device.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'
import { reload } from './request-release.ts'

/** An upgrade waits this long for its device to ask. */
const LIFE_MS = 30 * 24 * 3600_000

/**
 * Prepares an upgrade for a device.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` for an unknown release or a device without an updater; `conflict`
 * if the release is not ready, the device has an open upgrade, or it would be an unrequested downgrade
 */
export const startUpgrade = operation<
  { readonly iam: string; readonly releaseId: number; readonly allowDowngrade: boolean },
  UpgradeJobRow
>('firmware.upgrade-started', async (work, { iam, releaseId, allowDowngrade }) => {
  const { db, caller, tx, now } = work
  const device = await findDeviceFor(work, iam, 'technician')
  if (device.kind === 'rockstar') throw refuseField('iam', 'no-updater', 'is a RockSTAR, which has no updater')
  const release = await findReady(work, releaseId)
  const runs = await findDeviceFirmware(db, { deviceId: device.id }, tx)
  const isDowngrade = runs !== null && isOlder(release, runs.committedAt)
  if (isDowngrade && !allowDowngrade) {
    const detail = 'The device runs a newer release. Set allowDowngrade to downgrade.'
    throw refuseConflict('would-downgrade', detail, 'releaseId')
  }
  if ((await findOpenJob(db, { deviceId: device.id }, tx)) !== null) {
    throw refuseConflict('upgrade-open', 'The device has an open upgrade. Cancel it first.', 'iam')
  }
  const id = await insertUpgradeJob(
    db,
    {
      deviceId: device.id,
      releaseId: release.id,
      rolloutId: null,
      isDowngrade,
      filesTotal: release.fileCount ?? 0,
      expiresAt: new Date(now.getTime() + LIFE_MS),
      requestedBy: caller.actor,
      now,
    },
    tx,
  )
  const job = await findUpgradeJob(db, { scope: { all: true }, id }, tx)
  if (job === null) throw refuseUnknown('upgrade')
  const after = { iam, releaseId: release.id, isDowngrade }
  return { result: job, subject: `upgrade/${id}`, groupId: device.group.id, before: null, after }
})

/** The release to serve; a duplicate resolves to its original. @throws Refusal */
export async function findReady(work: Pick<Work, 'db' | 'tx'>, id: number): Promise<ReleaseRow> {
  const named = await reload(work, id).catch(() => null)
  if (named === null) throw refuseField('releaseId', 'unknown-release', 'there is no such release')
  const release = named.sameAsId === null ? named : await reload(work, named.sameAsId)
  if (release.state === 'ready') return release
  throw refuseConflict('release-not-ready', `The release is ${release.state}.`, 'releaseId')
}

/** Whether a release was committed before the one that a device runs. */
export function isOlder(release: ReleaseRow, than: Date | null): boolean {
  return release.committedAt !== null && than !== null && release.committedAt < than
}
