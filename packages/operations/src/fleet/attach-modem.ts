import { attachModem as attachRow, findModem } from '@paikea/database'
import { scopeOf } from '../caller.ts'
import { type Consequence, operation, type Work } from '../operation.ts'
import { Refusal, refuseConflict } from '../refusal.ts'
import { endBorrowed } from '../routing/end-borrowed.ts'
import { findDeviceFor } from './find-device.ts'

/**
 * Attaches a modem to a device.
 *
 * @throws Refusal `not-found`, `forbidden`; `conflict` if the modem or the device is not free
 */
export const attachModem = operation<
  { readonly iam: string; readonly imei: string; readonly from?: Date | undefined },
  void
>('device.modem-attached', async (work, { iam, imei, from }) => {
  const device = await findDeviceFor(work, iam, 'operator')
  const also = await attachIn(work, { deviceId: device.id, imei, from })
  return {
    result: undefined,
    subject: `device/${device.iam}`,
    groupId: device.group.id,
    before: { imei: device.modem?.imei ?? null },
    after: { imei, ...(from === undefined ? {} : { from }) },
    also,
  }
})

/**
 * The same as part of another operation.
 *
 * @returns the consequences
 */
export async function attachIn(
  work: Work,
  given: { readonly deviceId: number; readonly imei: string; readonly from?: Date | undefined },
): Promise<readonly Consequence[]> {
  const { db, caller, tx, now } = work
  const modem = { scope: { all: true }, imei: given.imei } as const
  const before = await findModem(db, modem, tx)
  const attached = await attachRow(db, { ...given, now, scope: scopeOf(caller, 'operator') }, tx)
  if (attached.ok) return endBorrowed(work, { before, after: await findModem(db, modem, tx) })
  if (attached.reason === 'modem-not-claimed') {
    const why = `Nobody has claimed that modem. Claim it by its serial (POST /v1/modems/${given.imei}/claim), or ask a system administrator.`
    throw new Refusal('forbidden', 'modem-not-claimed', why, [
      { field: 'imei', code: 'modem-not-claimed', message: why },
    ])
  }
  const { field, detail } = WHY_NOT_ATTACHED[attached.reason]
  throw refuseConflict(attached.reason, detail, field)
}

const WHY_NOT_ATTACHED = {
  'modem-in-use': { field: 'imei', detail: 'That modem is attached to another device. Detach it there first.' },
  'modem-of-another-group': {
    field: 'imei',
    detail: 'That modem was last attached to a device of another group. A system administrator can attach it.',
  },
  'modem-elsewhere-then': { field: 'from', detail: 'That modem was still attached to another device then.' },
  'device-had-another-then': { field: 'from', detail: 'The device got its current modem only after that time.' },
} as const
