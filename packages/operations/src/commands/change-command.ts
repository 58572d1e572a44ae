import type { CommandRow, DeviceRow } from '@paikea/database'
import { cancelCommand as cancel, sendHeldCommand } from '@paikea/delivery'
import { findDeviceFor } from '../fleet/find-device.ts'
import { operation, type Work } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'
import { factsOf, readCommand, refuseCommand, subjectOf } from './find-command.ts'

/**
 * Sends a command that is held for a decision.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if it is not held
 */
export const sendCommand = change('command.sent', async ({ db, tx, now }, device, command) => {
  const sent = await sendHeldCommand(db, { device, command, now }, tx)
  if (sent === null) throw refuseConflict('wrong-state', 'The command is not held for a decision.')
  if ('ok' in sent) throw refuseCommand(sent)
})

/**
 * Cancels a command that has not been sent yet.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` if it has been sent or decided
 */
export const cancelCommand = change('command.cancelled', async ({ db, tx, now }, _device, command) => {
  if (!(await cancel(db, { command, now }, tx))) {
    throw refuseConflict('wrong-state', 'The command was already sent or decided.')
  }
})

function change(action: string, wish: (work: Work, device: DeviceRow, command: CommandRow) => Promise<void>) {
  return operation<{ readonly iam: string; readonly id: number }, CommandRow>(action, async (work, { iam, id }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    const before = await readCommand(work, device, id)
    await wish(work, device, before)
    const result = await readCommand(work, device, id)
    return {
      result,
      subject: subjectOf(device, id),
      groupId: device.group.id,
      before: factsOf(before, work.now),
      after: factsOf(result, work.now),
    }
  })
}
