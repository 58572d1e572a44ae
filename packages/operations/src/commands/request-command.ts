import { requestCommand as request } from '@paikea/delivery'
import type { DeviceCommand } from '@paikea/packets'
import { findDeviceFor } from '../fleet/find-device.ts'
import { operation } from '../operation.ts'
import { factsOf, refuseCommand, subjectOf } from './find-command.ts'

type Requested = Extract<Awaited<ReturnType<typeof request>>, { readonly ok: true }>

/**
 * Sends a command to a buoy.
 *
 * @returns the command, its message if it was sent at once, and the gateway's queue
 * @throws Refusal `not-found`, `forbidden`; `invalid` if the device or its firmware cannot do that
 */
export const requestCommand = operation<{ readonly iam: string; readonly command: DeviceCommand }, Requested>(
  'command.requested',
  async (work, { iam, command }) => {
    const { db, caller, tx, now } = work
    const device = await findDeviceFor(work, iam, 'operator')
    const result = await request(db, { device, command, requestedBy: caller.actor, now }, tx)
    if (!result.ok) throw refuseCommand(result)
    return {
      result,
      subject: subjectOf(device, result.command.id),
      groupId: device.group.id,
      before: null,
      after: factsOf(result.command, now),
    }
  },
)
