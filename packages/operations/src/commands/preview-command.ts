import { type CommandPreview, previewCommand as preview } from '@paikea/delivery'
import type { DeviceCommand } from '@paikea/packets'
import { findDeviceFor } from '../fleet/find-device.ts'
import type { OperationContext } from '../operation.ts'
import { refuseCommand } from './find-command.ts'

/**
 * Says what a command would cost and do, to a caller who may send it. Nothing is written.
 *
 * @throws Refusal as `requestCommand`
 */
export async function previewCommand(
  { db, caller }: OperationContext,
  { iam, command }: { readonly iam: string; readonly command: DeviceCommand },
): Promise<Extract<CommandPreview, { readonly ok: true }>> {
  const device = await findDeviceFor({ db, caller }, iam, 'operator')
  const result = await preview(db, { device, command, now: new Date() })
  if (!result.ok) throw refuseCommand(result)
  return result
}
