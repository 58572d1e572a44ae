import { commandStateOf, findCommand, type CommandRow, type DeviceRow } from '@paikea/database'
import type { CommandRefusal } from '@paikea/delivery'
import type { Facts, Work } from '../operation.ts'
import { refuseField, refuseUnknown, type Refusal } from '../refusal.ts'

/** Reads a command of a device within the transaction. @throws Refusal `not-found` */
export async function readCommand({ db, tx }: Work, device: DeviceRow, id: number): Promise<CommandRow> {
  const row = await findCommand(db, { deviceId: device.id, id }, tx)
  if (row === null) throw refuseUnknown('command')
  return row
}

/** A command that the device or its firmware cannot accept. */
export function refuseCommand({ field, code, message }: CommandRefusal): Refusal {
  return refuseField(field, code, message)
}

/** The facts of a command for the audit log. */
export function factsOf(command: CommandRow, now: Date): Facts {
  const { kind, value, credits, outboundId } = command
  return { kind, value, credits, outboundId, state: commandStateOf(command, now) }
}

/** A command's name in the audit log. */
export function subjectOf(device: DeviceRow, id: number): string {
  return `device/${device.iam}/command/${String(id)}`
}
