import { commandStateOf, findCommand, type CommandRow, type DeviceRow } from '@paikea/database'
import type { CommandRefusal } from '@paikea/delivery'
import type { Facts, Work } from '../operation.ts'
import { refuseField, refuseUnknown, type Refusal } from '../refusal.ts'

/** A command of a device, as it is in the transaction. @throws Refusal `not-found` */
export async function readCommand({ db, tx }: Work, device: DeviceRow, id: number): Promise<CommandRow> {
  const row = await findCommand(db, { deviceId: device.id, id }, tx)
  if (row === null) throw refuseUnknown('command')
  return row
}

/** A wish the device or its firmware cannot take. */
export function refuseCommand({ field, code, message }: CommandRefusal): Refusal {
  return refuseField(field, code, message)
}

/** What the audit log keeps of a command. */
export function factsOf(command: CommandRow, now: Date): Facts {
  const { kind, value, credits, outboundId } = command
  return { kind, value, credits, outboundId, state: commandStateOf(command, now) }
}

/** How the audit log names one. */
export function subjectOf(device: DeviceRow, id: number): string {
  return `device/${device.iam}/command/${String(id)}`
}
