import {
  ensureEndpoint,
  findDevice,
  findEndpoint,
  findImeiBySerial,
  findModem,
  type DeviceRow,
  type EndpointRow,
  type EndpointValues,
  type ModemRow,
  type RouteValues,
} from '@paikea/database'
import { endpointValues, findTarget, ROUTED_TYPES } from '@paikea/delivery'
import { DEVICE_KINDS } from '@paikea/domain'
import { requireRole, scopeOf } from '../caller.ts'
import { chooseGroup } from '../choose-group.ts'
import type { OperationContext, Work } from '../operation.ts'
import { refuseField, refuseForbidden } from '../refusal.ts'
import { ownerOf } from '../fleet/owner.ts'
import type { RouteInput, RouteTarget } from './route-input.ts'

const SOURCE_KINDS: ReadonlySet<string> = new Set([...DEVICE_KINDS, 'any'])
const MESSAGE_TYPES: ReadonlySet<string> = new Set(ROUTED_TYPES)

/**
 * Turns what a caller wrote into a route's row: names become ids, an endpoint is made where the group has none for the
 * address, and what cannot work is refused with its field.
 *
 * @throws Refusal `invalid` for an unknown device, modem or endpoint, a kind that is not the device's, a route to the
 *   device's own modem; `forbidden` without `operator` in the route's group, and in that of the target's modem: what is
 *   sent on spends that group's credits
 */
export async function resolveRoute(work: Work, input: RouteInput): Promise<RouteValues> {
  refuseUnknownWords(input)
  const device = await findSource(work, input)
  const groupId = device?.group.id ?? (await chooseGroup(work, 'operator', input.groupId))
  requireRole(work.caller, groupId, 'operator')
  const endpoint = await resolveTarget(work, groupId, input.target)
  if (device?.modem != null && device.modem.id === endpoint.modemId) {
    throw refuseField('target.imei', 'loop', 'is the source’s own modem')
  }
  return {
    groupId,
    sourceKind: device?.kind ?? input.source.kind,
    sourceDeviceId: device?.id ?? null,
    messageType: input.messageType,
    endpointId: 'id' in endpoint ? endpoint.id : await ensureEndpoint(work.db, { values: endpoint }, work.tx),
    targetKind: endpoint.kind,
    enabled: input.enabled,
  }
}

/** The API's schema says so before; the command line has none. */
function refuseUnknownWords({ source, messageType }: RouteInput): void {
  if (!SOURCE_KINDS.has(source.kind)) {
    throw refuseField('source.kind', 'unknown-value', `must be one of ${[...SOURCE_KINDS].join(', ')}`)
  }
  if (!MESSAGE_TYPES.has(messageType)) {
    throw refuseField('messageType', 'unknown-value', `must be one of ${ROUTED_TYPES.join(', ')}`)
  }
}

async function findSource({ db, caller, tx }: Work, { source, groupId }: RouteInput): Promise<DeviceRow | null> {
  const { kind, iam } = source
  if (iam === null || iam === undefined) return null
  const device = await findDevice(db, { scope: scopeOf(caller), iam }, tx)
  if (device === null) throw refuseField('source.iam', 'unknown-device', 'there is no such device')
  if (kind !== 'any' && kind !== device.kind) {
    throw refuseField('source.kind', 'kind-differs', `this device is a ${device.kind}`)
  }
  if (groupId !== undefined && groupId !== device.group.id) {
    throw refuseField('groupId', 'group-differs', 'is not the group of the source')
  }
  return device
}

async function resolveTarget(work: Work, groupId: number, target: RouteTarget): Promise<EndpointRow | EndpointValues> {
  const { db, caller, tx } = work
  const { kind, ...config } = target
  if (kind === 'endpoint') {
    const id = Number(target['endpointId'])
    const endpoint = await findEndpoint(db, { scope: scopeOf(caller), id }, tx)
    if (endpoint === null) throw refuseField('target.endpointId', 'unknown-endpoint', 'there is no such endpoint')
    if (endpoint.groupId !== groupId) {
      throw refuseField('target.endpointId', 'group-differs', 'does not belong to the group of the route')
    }
    await requireAddressee(work, addresseeOf(endpoint), { imei: 'target.endpointId', serial: 'target.endpointId' })
    return endpoint
  }
  const found = findTarget(kind)
  if (found === null) throw refuseField('target.kind', 'unknown-value', 'there is no such kind')
  const wrong = found.problemOf(config)
  if (wrong !== null) throw refuseField(`target.${wrong.field}`, wrong.code, wrong.message)
  const fields = { imei: 'target.imei', serial: 'target.serial' }
  const modem = await requireAddressee(work, found.addressee?.(config) ?? null, fields)
  return endpointValues(found, { groupId, config, modemId: modem?.id ?? null })
}

/** Also outside of a transaction, if nothing is written. */
type Asking = OperationContext & Partial<Pick<Work, 'tx'>>

/** Whom an endpoint speaks to: a modem by its IMEI, a tracker by its serial. */
export interface Addressee {
  readonly imei: string | null
  readonly serial: string | null
}

/**
 * The modem that is spoken to, if the caller may send to it; `null` if it is none, or a serial that no modem of ours
 * has told. A serial stands on the device and is hidden from other groups, so whoever names one that nobody here has is
 * taken to hold the device.
 *
 * @param fields what a refusal names
 * @throws Refusal `invalid` for an IMEI the caller does not see, `forbidden` without `operator` in the modem's group
 */
export async function requireAddressee(
  work: Asking,
  addressee: Addressee | null,
  fields: { readonly imei: string; readonly serial: string },
): Promise<ModemRow | null> {
  const { db, caller, tx } = work
  const { imei = null, serial = null } = addressee ?? {}
  const named = imei ?? (serial === null ? null : await findImeiBySerial(db, { serial }, tx))
  if (named === null) return null
  const modem = await findModem(db, { scope: imei === null ? { all: true } : scopeOf(caller), imei: named }, tx)
  if (modem === null) throw refuseField(fields.imei, 'unknown-modem', 'there is no such modem')
  requireRole(caller, ownerOf(modem), 'operator')
  return modem
}

/**
 * Checks that the caller may still send to the target of a stored route.
 *
 * @throws Refusal `forbidden` if it is a modem to which the caller may not send
 */
export async function requireTarget(work: Asking, endpoint: EndpointRow): Promise<void> {
  const addressee = addresseeOf(endpoint)
  if (addressee === null) return
  if (addressee.imei === null) {
    await requireAddressee(work, addressee, { imei: 'target', serial: 'target' })
    return
  }
  const { db, caller, tx } = work
  const { imei } = addressee
  const modem = await findModem(db, { scope: scopeOf(caller, 'operator'), imei }, tx)
  if (modem === null) throw refuseForbidden(`This needs the right to send to the modem ${imei}.`)
}

function addresseeOf(endpoint: EndpointRow): Addressee | null {
  return findTarget(endpoint.kind)?.addressee?.(endpoint.config) ?? null
}
