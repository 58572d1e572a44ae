import { findRecovery, type RecoveryRow } from '@paikea/database'
import { beginRecovery as begin, type RecoveryWish, stopRecovery } from '@paikea/delivery'
import { findDeviceFor } from '../fleet/find-device.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'
import { refuseCommand } from './find-command.ts'

/** A recovery, and the message written for it. */
export interface StartedRecovery {
  readonly recovery: RecoveryRow
  readonly outboundId: number | null
}

/**
 * Makes a buoy report often for some hours.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` if the device or its firmware cannot do that
 */
export const beginRecovery = operation<{ readonly iam: string; readonly wish: RecoveryWish }, StartedRecovery>(
  'recovery.begun',
  async (work, { iam, wish }) => {
    const { db, caller, tx, now } = work
    const device = await findDeviceFor(work, iam, 'operator')
    const made = await begin(db, { device, wish, requestedBy: caller.actor, now }, tx)
    if (!made.ok) throw refuseCommand(made)
    const recovery = await need(work, device.id)
    const { minutes, backMinutes, endsAt, stopBelowVolts, credits } = recovery
    const after = { minutes, backMinutes, endsAt: endsAt.toISOString(), stopBelowVolts, credits }
    const result = { recovery, outboundId: made.outboundId }
    return { result, subject: `device/${iam}/recovery`, groupId: device.group.id, before: null, after }
  },
)

/**
 * Ends a recovery early and restores the interval.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` if none is running
 */
export const endRecovery = operation<{ readonly iam: string }, StartedRecovery>(
  'recovery.ended',
  async (work, { iam }) => {
    const { db, tx, now } = work
    const device = await findDeviceFor(work, iam, 'operator')
    const running = await findRecovery(db, { deviceId: device.id }, tx)
    if (running?.state !== 'running') throw refuseConflict('wrong-state', 'The device is not in recovery.')
    const { id, backMinutes } = running
    const stopped = await stopRecovery(db, { device, id, backMinutes, reason: 'by-operator', now }, tx)
    const recovery = await need(work, device.id)
    return {
      result: { recovery, outboundId: stopped?.outboundId ?? null },
      subject: `device/${iam}/recovery`,
      groupId: device.group.id,
      before: { state: 'running' },
      after: { state: recovery.state, reason: recovery.reason },
    }
  },
)

async function need({ db, tx }: Work, deviceId: number): Promise<RecoveryRow> {
  const row = await findRecovery(db, { deviceId }, tx)
  if (row === null) throw new Error('a recovery that was just written is missing')
  return row
}
