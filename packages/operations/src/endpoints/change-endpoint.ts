import {
  endpointHalts,
  deleteEndpoint as deleteRow,
  findEndpoint,
  holdEndpoint,
  loadEndpointSecrets,
  setEndpointSecrets,
  updateEndpoint,
} from '@paikea/database'
import { type AddressContext, endpointValues, findTarget } from '@paikea/delivery'
import { scopeOf } from '../caller.ts'
import { operation, type OperationContext, type Work } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'
import { readAddress, readSecret, refuseFormat } from './create-endpoint.ts'
import { factsOf, findEndpointFor, refuseTwin } from './find-endpoint.ts'

/** The fields to change; `undefined` leaves one unchanged. */
export interface EndpointChange {
  readonly label?: string | null | undefined
  readonly format?: string | null | undefined
  /** Address fields of its kind. */
  readonly address: Readonly<Record<string, unknown>>
}

type Id = { readonly id: number }

const write = operation<Id & { readonly change: EndpointChange }, void>(
  'endpoint.changed',
  async (work, { id, change }) => {
    const { row, target } = await findEndpointFor(work, id)
    const { label = row.label, format = row.format } = change
    refuseFormat(target, format)
    const config = Object.keys(change.address).length === 0 ? row.config : change.address
    const values = { ...endpointValues(target, { ...row, config, label, format }) }
    await refuseTwin(work, values, id)
    await updateEndpoint(work.db, { endpointId: id, values }, work.tx)
    return changed(id, row.groupId, factsOf(row), factsOf(values))
  },
)

/**
 * Changes label, format or address. Waiting deliveries go to the new address.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if another endpoint has that address
 */
export async function changeEndpoint(
  context: OperationContext,
  { id, change }: Id & { readonly change: EndpointChange },
  addresses: AddressContext,
): Promise<void> {
  const names = Object.keys(change.address)
  if (names.length === 0) return write(context, { id, change })
  const row = await findEndpoint(context.db, { scope: scopeOf(context.caller), id })
  const target = row === null ? null : findTarget(row.kind)
  if (row === null || target === null) throw refuseUnknown('endpoint')
  // For these kinds the address is what deliveries queue by.
  const unknown = names.find((name) => target.addressee !== undefined || !(name in target.fields))
  if (unknown !== undefined) throw refuseField(unknown, 'not-changeable', `cannot be changed for a ${row.kind}`)
  const before = typeof row.config === 'object' ? row.config : {}
  const kept = target.isAddressWhole === true ? {} : before
  const address = await readAddress(target, { ...kept, ...change.address }, addresses)
  return write(context, { id, change: { ...change, address } })
}

/** Deletes an endpoint and its routes; cancels waiting deliveries. @throws Refusal `not-found`, `forbidden` */
export const deleteEndpoint = operation<Id, void>('endpoint.deleted', async (work, { id }) => {
  const { row } = await findEndpointFor(work, id)
  await deleteRow(work.db, { endpointId: id, now: work.now }, work.tx)
  return { ...changed(id, row.groupId, factsOf(row), null) }
})

/** Pauses an endpoint: its deliveries wait as rows until someone resumes it. @throws Refusal `not-found`, `forbidden` */
export const pauseEndpoint = operation<Id & { readonly reason?: string | undefined }, void>(
  'endpoint.paused',
  async (work, { id, reason }) => {
    const { row } = await findEndpointFor(work, id)
    const reasonDetail = reason ?? 'Paused by an operator until an operator resumes it.'
    await holdEndpoint(work.db, { endpointId: id, reasonCode: 'paused-by-operator', reasonDetail }, work.tx)
    return afterwards(work, id, factsOf(row))
  },
)

/** Resumes deliveries, in order. @throws Refusal `not-found`, `forbidden`; `conflict` if it is not paused */
export const resumeEndpoint = operation<Id, void>('endpoint.resumed', async (work, { id }) => {
  const { row } = await findEndpointFor(work, id)
  if (row.state === 'active') throw refuseConflict('wrong-state', 'The endpoint is active: there is nothing to resume.')
  await endpointHalts.resume(work.db, id, work.tx)
  return afterwards(work, id, factsOf(row))
})

/** A rotation step: add a new secret next to the old one, or end the old one. */
export interface Rotation extends Id {
  readonly secret?: string | undefined
  readonly endOld?: boolean | undefined
}

/**
 * Starts or ends a rotation: in between, both secrets sign.
 *
 * @returns the new secret; `null` if the old one was ended
 * @throws Refusal `not-found`, `forbidden`; `conflict` for a third secret, and for kinds that do not sign
 */
export const rotateSecret = operation<Rotation, { readonly secret: string | null; readonly secrets: number }>(
  'endpoint.secret-rotated',
  async (work, { id, secret = null, endOld = false }) => {
    const { row, target } = await findEndpointFor(work, id)
    const { secrets: keeping } = target
    if (keeping === undefined) throw refuseConflict('no-secret', `A ${row.kind} has no secret.`)
    const stored = await loadEndpointSecrets(work.db, { endpointId: id }, work.tx)
    const before = { secrets: keeping.count(stored) }
    if (!endOld && before.secrets > 1) {
      throw refuseConflict('two-secrets', 'There are already two secrets. End the old one first.')
    }
    const given = readSecret(target, secret ?? undefined) ?? null
    const made = endOld ? null : keeping.add(stored, given, work.now)
    const next = made?.stored ?? keeping.endOld(stored)
    await setEndpointSecrets(work.db, { endpointId: id, secrets: next }, work.tx)
    const after = { secrets: keeping.count(next) }
    const result = { secret: made?.secret ?? null, ...after }
    return { result, subject: `endpoint/${String(id)}`, groupId: row.groupId, before, after }
  },
)

async function afterwards(work: Work, id: number, before: ReturnType<typeof factsOf>) {
  const { row } = await findEndpointFor(work, id)
  return changed(id, row.groupId, before, factsOf(row))
}

function changed(
  id: number,
  groupId: number,
  before: ReturnType<typeof factsOf>,
  after: ReturnType<typeof factsOf> | null,
) {
  return { result: undefined, subject: `endpoint/${String(id)}`, groupId, before, after }
}
