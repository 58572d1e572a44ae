import { updateDevice, type DeviceChange } from '@paikea/database'
import { chooseGroup } from '../choose-group.ts'
import { operation } from '../operation.ts'
import { factsOf, findDeviceFor } from './find-device.ts'

/**
 * Changes a device; a new group must be one the caller may act in too.
 *
 * @throws Refusal `not-found`, `forbidden`; `invalid` group
 */
export const changeDevice = operation<{ readonly iam: string; readonly change: DeviceChange }, void>(
  'device.changed',
  async (work, { iam, change }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    const groupId = change.groupId === undefined ? undefined : await chooseGroup(work, 'operator', change.groupId)
    await updateDevice(work.db, { id: device.id, change: { ...change, groupId } }, work.tx)
    const before = factsOf(device)
    const after = {
      ...before,
      ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    }
    return { result: undefined, subject: `device/${device.iam}`, groupId: device.group.id, before, after }
  },
)
