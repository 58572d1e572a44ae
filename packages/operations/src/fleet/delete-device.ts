import { deleteDevice as deleteRow } from '@paikea/database'
import { operation } from '../operation.ts'
import { factsOf, findDeviceFor } from './find-device.ts'

/**
 * Retires a device; its history is kept.
 *
 * @throws Refusal `not-found`, `forbidden`
 */
export const deleteDevice = operation<{ readonly iam: string }, void>('device.deleted', async (work, { iam }) => {
  const device = await findDeviceFor(work, iam, 'admin')
  await deleteRow(work.db, { id: device.id, now: work.now }, work.tx)
  const subject = `device/${device.iam}`
  return { result: undefined, subject, groupId: device.group.id, before: factsOf(device), after: null }
})
