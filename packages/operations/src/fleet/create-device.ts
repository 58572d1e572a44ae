import { insertDevice, isUniqueConflict } from '@paikea/database'
import type { DeviceGeneration, DeviceKind } from '@paikea/domain'
import { chooseGroup } from '../choose-group.ts'
import { operation, type OperationContext } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'
import { attachIn } from './attach-modem.ts'

/** A new device. */
export interface NewDevice {
  readonly kind: DeviceKind
  readonly label?: string | null | undefined
  /** @default the next free name of its kind */
  readonly iam?: string | undefined
  /** Attaches that modem at once. */
  readonly imei?: string | undefined
  readonly generation?: DeviceGeneration | null | undefined
  readonly groupId?: number | undefined
}

/**
 * Creates a device, with its modem if one is named.
 *
 * @returns its name
 * @throws Refusal `conflict` if the name is or was taken, or the modem is not free; `invalid` group
 */
export async function createDevice(context: OperationContext, input: NewDevice): Promise<{ readonly iam: string }> {
  try {
    return await storeDevice(context, input)
  } catch (error) {
    if (isUniqueConflict(error))
      throw refuseConflict('iam-taken', 'That name is, or was, used by another device.', 'iam')
    throw error
  }
}

const storeDevice = operation<NewDevice, { readonly iam: string }>('device.created', async (work, input) => {
  const { kind, label, iam, imei, generation } = input
  const groupId = await chooseGroup(work, 'operator', input.groupId)
  const device = await insertDevice(work.db, { kind, groupId, iam, label, generation }, work.tx)
  const also = imei === undefined ? [] : await attachIn(work, { deviceId: device.id, imei })
  const after = { kind, label: label ?? null, groupId, generation: generation ?? null, imei: imei ?? null }
  return { result: { iam: device.iam }, subject: `device/${device.iam}`, groupId, before: null, after, also }
})
