import {
  type Database,
  endRecovery,
  findDevice,
  findRecovery,
  type MessageForAction,
  setRecoveryCommand,
  type Transaction,
} from '@paikea/database'

import type { Verdict } from './judge-commands.ts'
import { requestCommand } from './request-command.ts'

/**
 * Updates a device's running recovery after a report has settled its short interval: if the buoy was switched on and
 * has forgotten the interval, it is sent again; if the buoy refuses it, the recovery is over.
 *
 * @returns the message that was written, if any
 */
export async function keepRecovery(
  db: Database,
  of: {
    readonly device: NonNullable<MessageForAction['device']>
    readonly verdicts: readonly Verdict[]
    readonly now: Date
  },
  tx: Transaction,
): Promise<number | null> {
  const { device, verdicts, now } = of
  // Read only if something was lost or refused, which is rare.
  const failed = verdicts.filter(({ state }) => state !== 'confirmed')
  if (failed.length === 0) return null
  const recovery = await findRecovery(db, { deviceId: device.id }, tx)
  const verdict = failed.find(({ commandId }) => commandId === recovery?.commandId)
  if (recovery?.state !== 'running' || verdict === undefined || recovery.endsAt <= now) return null
  if (verdict.state === 'refused') {
    await endRecovery(db, { deviceId: device.id, reason: 'refused', at: now }, tx)
    return null
  }
  const row = await findDevice(db, { scope: { all: true }, iam: device.iam }, tx)
  if (row === null) return null
  const command = { command: 'interval', minutes: recovery.minutes } as const
  const wish = { device: row, command, requestedBy: 'system/recovery', now, keepsRecovery: true }
  const made = await requestCommand(db, wish, tx)
  // The device has lost its modem in the meantime: nothing can be sent to it.
  if (!made.ok) return null
  await setRecoveryCommand(db, { id: recovery.id, commandId: made.command.id }, tx)
  return made.outboundId
}
