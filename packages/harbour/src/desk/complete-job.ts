import {
  changeUpgradeJob,
  type Database,
  setDeviceFirmware,
  type Transaction,
  type UpgradeJobRow,
} from '@paikea/database'
import { reasonFor } from '@paikea/firmware'

/**
 * Records that a device has installed a release. That counts whatever the job's state: a job withdrawn meanwhile is
 * marked as installed too, with a note.
 *
 * @returns whether anything changed
 */
export async function completeJob(
  db: Database,
  { job, at: now }: { readonly job: UpgradeJobRow; readonly at: Date },
  tx: Transaction,
): Promise<boolean> {
  const change = { heardAt: now, installedAt: now, filesDone: job.filesTotal }
  const isOpen = await changeUpgradeJob(
    db,
    {
      id: job.id,
      from: ['prepared', 'offered', 'downloading'],
      change: { ...change, state: 'installed', reason: null },
      now,
    },
    tx,
  )
  const isLate =
    !isOpen &&
    (await changeUpgradeJob(
      db,
      {
        id: job.id,
        from: ['cancelled', 'timed-out', 'failed'],
        change: { ...change, state: 'installed', reason: reasonFor('installed-after-withdrawal') },
        now,
      },
      tx,
    ))
  if (!isOpen && !isLate) return false
  await setDeviceFirmware(db, { deviceId: job.deviceId, releaseId: job.releaseId, installedAt: now }, tx)
  return true
}
