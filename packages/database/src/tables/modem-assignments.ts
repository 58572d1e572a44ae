import { id, integer, orNull, time } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/**
 * Which modem sat in which device, from when to when: history stays with the device when a modem is swapped.
 * `openModemId`/`openDeviceId` repeat the ids while the assignment is open and are null afterwards: being unique,
 * they let a modem sit in one device at a time, and a device have one modem, in every database.
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
