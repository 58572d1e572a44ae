import {
  findDevice,
  findEndpoint,
  findModem,
  type Database,
  type DeviceRow,
  type EndpointRow,
  type EndpointValues,
  type ModemRow,
  type RouteValues,
} from '@paikea/database'
import { endpointValues, findTarget } from '@paikea/delivery'
import { chooseGroup } from '../../auth/choose-group.ts'
import { requireRole, scopeOf, type Principal } from '../../auth/principal.ts'
import { invalidField } from '../../http/api-error.ts'
import type { RouteInput } from './schema.ts'

/** A route's row, but for an endpoint that may still have to be made. */
export interface ResolvedRoute {
  readonly values: Omit<RouteValues, 'endpointId'>
  readonly endpoint: EndpointRow | EndpointValues
}

/**
 * Turns what a caller wrote into a route's row: names become ids, and what cannot work is refused with its field.
 *
 * @throws ApiError 422 for an unknown device or modem, a kind that is not the device's, a route to the device's own modem;
 *   403 without `operator` in the route's group, and in that of the target's modem: what is sent on spends that group's credits
 */
export async function resolveRoute(db: Database, principal: Principal, input: RouteInput): Promise<ResolvedRoute> {
  const device = await findSource(db, principal, input)
  const groupId = device?.group.id ?? (await chooseGroup(db, principal, 'operator', input.groupId))
  requireRole(principal, groupId, 'operator')
  const endpoint = await resolveTarget(db, principal, { groupId, target: input.target })
  if (device?.modem != null && device.modem.id === endpoint.modemId) {
    throw invalidField('target.imei', 'loop', 'is the modem of the source itself')
  }
  return {
    values: {
      groupId,
      sourceKind: device?.kind ?? input.source.kind,
      sourceDeviceId: device?.id ?? null,
      messageType: input.messageType,
      targetKind: endpoint.kind,
      enabled: input.enabled,
    },
    endpoint,
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

async function resolveTarget(
  db: Database,
  principal: Principal,
  { groupId, target }: { readonly groupId: number; readonly target: RouteInput['target'] },
): Promise<ResolvedRoute['endpoint']> {
  if ('endpointId' in target) {
    const endpoint = await findEndpoint(db, { scope: scopeOf(principal), id: target.endpointId })
    if (endpoint === null) throw invalidField('target.endpointId', 'unknown-endpoint', 'there is no such endpoint')
    if (endpoint.groupId !== groupId) {
      throw invalidField('target.endpointId', 'group-differs', 'is not of the group of the route')
    }
    const its = findTarget(endpoint.kind)?.addressee?.(endpoint.config).imei ?? null
    if (its !== null) await requireSending(db, principal, { imei: its, field: 'target.endpointId' })
    return endpoint
  }
  const { kind, ...config } = target
  const found = findTarget(kind)
  if (found === null) throw invalidField('target.kind', 'unknown-value', 'there is no such kind')
  const imei = found.addressee?.(config).imei ?? null
  const modem = imei === null ? null : await requireSending(db, principal, { imei, field: 'target.imei' })
  return endpointValues(found, { groupId, config, modemId: modem?.id ?? null })
}

/**
 * The modem, if the caller may send to it.
 *
 * @throws ApiError 422 for one the caller does not see, 403 without `operator` in its group
 */
async function requireSending(
  db: Database,
  principal: Principal,
  { imei, field }: { readonly imei: string; readonly field: string },
): Promise<ModemRow> {
  const modem = await findModem(db, { scope: scopeOf(principal), imei })
  if (modem === null) throw invalidField(field, 'unknown-modem', 'there is no such modem')
  requireRole(principal, modem.device?.groupId ?? null, 'operator')
  return modem
}
