import { changeUpgradeJob, findUpgradeJob, type UpgradeJobRow } from '@paikea/database'
import { OPEN_UPGRADE_STATES } from '@paikea/domain'
import { requireRole, scopeOf } from '../caller.ts'
import { operation } from '../operation.ts'
import { refuseConflict, refuseUnknown } from '../refusal.ts'

/**
 * Withdraws an upgrade. A device in the middle of it gets no more files and restarts into its service mode.
 *
 * @throws Refusal `not-found`, `forbidden`, `wrong-state`
 */
export const cancelUpgrade = operation<{ readonly id: number }, UpgradeJobRow>(
  'firmware.upgrade-cancelled',
  async ({ db, caller, tx, now }, { id }) => {
    const before = await findUpgradeJob(db, { scope: scopeOf(caller), id }, tx)
    if (before === null) throw refuseUnknown('upgrade')
    requireRole(caller, before.groupId, 'technician')
    const change = { state: 'cancelled', reason: null, finishedAt: now } as const
    const isDone = await changeUpgradeJob(db, { id, from: OPEN_UPGRADE_STATES, change, now }, tx)
    if (!isDone) throw refuseConflict('wrong-state', `The upgrade is ${before.state}.`)
    const after = await findUpgradeJob(db, { scope: { all: true }, id }, tx)
    if (after === null) throw refuseUnknown('upgrade')
    const facts = { before: { state: before.state }, after: { state: after.state } }
    return { result: after, subject: `upgrade/${id}`, groupId: before.groupId, ...facts }
  },
)
