import { detachModem as detachRow } from '@paikea/database'
import { operation } from '../operation.ts'
import { refuseConflict } from '../refusal.ts'
import { findDeviceFor } from './find-device.ts'

/**
 * Detaches the modem of a device; no effect without one.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` for a time before it was attached
 */
export const detachModem = operation<{ readonly iam: string; readonly to?: Date | undefined }, void>(
  'device.modem-detached',
  async (work, { iam, to }) => {
    const device = await findDeviceFor(work, iam, 'operator')
    const detached = await detachRow(work.db, { deviceId: device.id, now: work.now, to }, work.tx)
    if (!detached.ok) {
      if (detached.reason === 'no-modem') return { result: undefined, subject: null }
      throw refuseConflict('before-attached', 'The modem was attached to the device only after that time.', 'to')
    }
    return {
      result: undefined,
      subject: `device/${device.iam}`,
      groupId: device.group.id,
      before: { imei: detached.imei },
      after: { imei: null, ...(to === undefined ? {} : { to }) },
    }
  },
)
