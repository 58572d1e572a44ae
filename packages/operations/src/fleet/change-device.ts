import {
  findDevice,
  findModem,
  updateDevice,
  type DeviceChange as Columns,
  type DeviceRow,
  type ModemRow,
} from '@paikea/database'
import { scopeOf } from '../caller.ts'
import { chooseGroup } from '../choose-group.ts'
import { operation, type Work } from '../operation.ts'
import { refuseField } from '../refusal.ts'
import { endBorrowed } from '../routing/end-borrowed.ts'
import { factsOf, findDeviceFor } from './find-device.ts'

/** The fields to change; `undefined` leaves one unchanged. */
export interface DeviceChange extends Omit<Columns, 'ownerId'> {
  /** Name of the handset or tracker whose commands a buoy accepts; `null`: any that a route names. */
  readonly owner?: string | null | undefined
}

/**
 * Changes a device; the caller needs the role in a new group too. A buoy that changes its group loses its owner.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` group or owner
 */
export const changeDevice = operation<{ readonly iam: string; readonly change: DeviceChange }, void>(
  'device.changed',
  async (work, { iam, change: { owner, ...change } }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    const groupId = change.groupId === undefined ? undefined : await chooseGroup(work, 'operator', change.groupId)
    const isMoved = groupId !== undefined && groupId !== device.group.id
    const ownerId = await findOwner(work, device, { owner: owner === undefined && isMoved ? null : owner, groupId })
    const modem = (): Promise<ModemRow | null> =>
      device.modem === null || !isMoved
        ? Promise.resolve(null)
        : findModem(work.db, { scope: { all: true }, imei: device.modem.imei }, work.tx)
    const modemBefore = await modem()
    await updateDevice(work.db, { id: device.id, change: { ...change, groupId, ownerId } }, work.tx)
    const also = await endBorrowed(work, { before: modemBefore, after: await modem() })
    const before = factsOf(device)
    const given = { ...change, owner }
    const after = {
      ...before,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    }
    return { result: undefined, subject: `device/${device.iam}`, groupId: device.group.id, before, after, also }
  },
)

async function findOwner(
  { db, caller, tx }: Work,
  device: DeviceRow,
  {
    owner,
    groupId = device.group.id,
  }: { readonly owner: string | null | undefined; readonly groupId?: number | undefined },
): Promise<number | null | undefined> {
  if (owner === undefined || owner === null) return owner
  if (device.kind !== 'buoy') throw refuseField('owner', 'not-a-buoy', `a ${device.kind} takes no commands`)
  const found = await findDevice(db, { scope: scopeOf(caller), iam: owner }, tx)
  if (found === null) throw refuseField('owner', 'unknown-device', 'there is no such device')
  if (found.kind === 'buoy') throw refuseField('owner', 'kind-differs', 'must be a handset or a tracker')
  if (found.group.id !== groupId)
    throw refuseField('owner', 'group-differs', 'does not belong to the group of the buoy')
  return found.id
}
