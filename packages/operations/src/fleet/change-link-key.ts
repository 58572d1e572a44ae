import { setDeviceLinkKey } from '@paikea/database'
import { hashSecret, newSecret } from '../accounts/secrets.ts'
import { operation } from '../operation.ts'
import { findDeviceFor } from './find-device.ts'

/**
 * Makes the key without which a device may not open its live link from now on. It is returned this once.
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
 * Lets a device open its live link without a key again.
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
