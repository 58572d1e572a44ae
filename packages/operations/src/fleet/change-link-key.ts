import { setDeviceLinkKey } from '@paikea/database'
import { hashSecret, newSecret } from '../accounts/secrets.ts'
import { operation } from '../operation.ts'
import { findDeviceFor } from './find-device.ts'

/**
 * Creates the key that a device needs to open its live link from now on. It is returned only once.
 *
 * @throws Refusal `not-found`, `forbidden`
 */
export const makeLinkKey = operation<{ readonly iam: string }, { readonly key: string }>(
  'device.link-key-made',
  async (work, { iam }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    const key = newSecret()
    await setDeviceLinkKey(work.db, { deviceId: device.id, keyHash: hashSecret(key) }, work.tx)
    const after = { needsKey: true }
    return { result: { key }, subject: `device/${device.iam}`, groupId: device.group.id, before: null, after }
  },
)

/**
 * Removes the key: the device may open its live link without one.
 *
 * @throws Refusal `not-found`, `forbidden`
 */
export const removeLinkKey = operation<{ readonly iam: string }, void>(
  'device.link-key-removed',
  async (work, { iam }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    await setDeviceLinkKey(work.db, { deviceId: device.id, keyHash: null }, work.tx)
    const after = { needsKey: false }
    return { result: undefined, subject: `device/${device.iam}`, groupId: device.group.id, before: null, after }
  },
)
