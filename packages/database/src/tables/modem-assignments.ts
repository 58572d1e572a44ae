import { id, integer, orNull, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/**
 * Which modem was in which device, from when to when: history stays with the device when a modem is swapped.
 * `openModemId`/`openDeviceId` repeat the ids while the assignment is open and are null afterwards: being unique, they
 * ensure in every database that a modem is in one device at a time, and that a device has one modem.
 */
export const MODEM_ASSIGNMENTS = table('modem_assignments', {
  id,
  modemId: integer,
  deviceId: integer,
  fromAt: time,
  toAt: orNull(time),
  openModemId: orNull(integer),
  openDeviceId: orNull(integer),
})

export type ModemAssignment = ModelOf<typeof MODEM_ASSIGNMENTS>
