import { type Database, type DeviceRow, findDevice, type GroupScope } from '@paikea/database'
import { notFound } from '../../http/api-error.ts'

/**
 * Loads a device by name for a caller who may see it.
 *
 * @throws ApiError 404 if it does not exist or belongs to another group
 */
export async function needDevice(db: Database, scope: GroupScope, iam: string): Promise<DeviceRow> {
  const device = await findDevice(db, { scope, iam })
  if (device === null) throw notFound('device')
  return device
}
