import { findDevice, findModem, type Database, type DeviceRow, type RouteValues } from '@paikea/database'
import { chooseGroup } from '../../auth/choose-group.ts'
import { requireRole, scopeOf, type Principal } from '../../auth/principal.ts'
import { invalidField } from '../../http/api-error.ts'
import type { RouteInput } from './schema.ts'

/**
 * Turns what a caller wrote into a route's row: names become ids, and what cannot work is refused with its field.
 *
 * @throws ApiError 422 for an unknown device or modem, a kind that is not the device's, a route to the device's own modem;
 *   403 without `operator` in the route's group
 */
export async function resolveRoute(db: Database, principal: Principal, input: RouteInput): Promise<RouteValues> {
  const device = await findSource(db, principal, input)
  const groupId = device?.group.id ?? (await chooseGroup(db, principal, 'operator', input.groupId))
  requireRole(principal, groupId, 'operator')
  const target = await findTarget(db, principal, input)
  if (device?.modem != null && device.modem.id === target.targetModemId) {
    throw invalidField('target.imei', 'loop', 'is the modem of the source itself')
  }
  return {
    groupId,
    sourceKind: device?.kind ?? input.source.kind,
    sourceDeviceId: device?.id ?? null,
    messageType: input.messageType,
    enabled: input.enabled,
    ...target,
  }
}

async function findSource(
  db: Database,
  principal: Principal,
  { source, groupId }: RouteInput,
): Promise<DeviceRow | null> {
  const { kind, iam } = source
  if (iam === null || iam === undefined) return null
  const device = await findDevice(db, { scope: scopeOf(principal), iam })
  if (device === null) throw invalidField('source.iam', 'unknown-device', 'there is no such device')
  if (kind !== 'any' && kind !== device.kind) {
    throw invalidField('source.kind', 'kind-differs', `this device is a ${device.kind}`)
  }
  if (groupId !== undefined && groupId !== device.group.id) {
    throw invalidField('groupId', 'group-differs', 'is not the group of the source')
  }
  return device
}

async function findTarget(
  db: Database,
  principal: Principal,
  { target }: RouteInput,
): Promise<Pick<RouteValues, 'targetKind' | 'targetModemId' | 'targetSerial'>> {
  if (target.kind === 'rockstar') return { targetKind: 'rockstar', targetModemId: null, targetSerial: target.serial }
  const modem = await findModem(db, { scope: scopeOf(principal), imei: target.imei })
  if (modem === null) throw invalidField('target.imei', 'unknown-modem', 'there is no such modem')
  return { targetKind: 'modem', targetModemId: modem.id, targetSerial: null }
}
