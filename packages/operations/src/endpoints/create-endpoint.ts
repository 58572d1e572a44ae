import { insertEndpoint } from '@paikea/database'
import { type AddressContext, endpointValues, findTarget, type Target } from '@paikea/delivery'
import { chooseGroup } from '../choose-group.ts'
import { operation, type OperationContext } from '../operation.ts'
import { refuseField } from '../refusal.ts'
import { requireAddressee } from '../routing/resolve-route.ts'
import { factsOf, refuseTwin } from './find-endpoint.ts'

/** An endpoint as requested by a caller. */
export interface NewEndpoint {
  readonly kind: string
  /** The fields of its kind. */
  readonly address: Readonly<Record<string, unknown>>
  readonly label?: string | undefined
  readonly format?: string | undefined
  /** For kinds that sign. @default generated */
  readonly secret?: string | undefined
  readonly groupId?: number | undefined
}

/** A new endpoint. */
export interface CreatedEndpoint {
  readonly id: number
  /** Shown only once; `null` if the kind has none. */
  readonly secret: string | null
}

const write = operation<NewEndpoint & { readonly target: Target }, CreatedEndpoint>(
  'endpoint.created',
  async (work, input) => {
    const { target, address, label = null, format = null } = input
    const groupId = await chooseGroup(work, 'operator', input.groupId)
    const modem = await requireAddressee(work, target.addressee?.(address) ?? null, { imei: 'imei', serial: 'serial' })
    const values = endpointValues(target, { groupId, label, format, config: address, modemId: modem?.id ?? null })
    await refuseTwin(work, values, null)
    const made = target.secrets?.add(null, input.secret ?? null, work.now) ?? null
    const id = await insertEndpoint(work.db, { values, secrets: made?.stored ?? null }, work.tx)
    const result = { id, secret: made?.secret ?? null }
    return { result, subject: `endpoint/${String(id)}`, groupId, before: null, after: factsOf(values) }
  },
)

/**
 * Creates an endpoint.
 *
 * @param addresses checks addresses; names are resolved before the transaction
 * @throws Refusal `invalid` with the field; `forbidden`; `conflict` if the group already has it
 */
export async function createEndpoint(
  context: OperationContext,
  input: NewEndpoint,
  addresses: AddressContext,
): Promise<CreatedEndpoint> {
  const target = findTarget(input.kind)
  if (target === null) throw refuseField('kind', 'unknown-value', 'there is no such kind')
  refuseFormat(target, input.format)
  const address = await readAddress(target, input.address, addresses)
  const secret = readSecret(target, input.secret)
  return write(context, { ...input, target, address, secret })
}

/** @throws Refusal `invalid` for a body format that the kind does not support */
export function refuseFormat(target: Target, format: string | null | undefined): void {
  if (format === undefined || format === null || target.formats.includes(format)) return
  throw refuseField('format', 'unknown-value', `must be one of ${target.formats.join(', ') || 'none'}`)
}

/** @throws Refusal `invalid` if the secret is malformed, or the kind takes none */
export function readSecret(target: Target, given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  if (target.secrets === undefined) throw refuseField('secret', 'not-taken', `a ${target.kind} has no signature`)
  const read = target.secrets.given.safeParse(given)
  if (!read.success)
    throw refuseField('secret', 'invalid-format', read.error.issues[0]?.message ?? 'is not a valid secret')
  return read.data
}

/** An address in its kind's form, with one-time look-ups done. @throws Refusal `invalid` with the field */
export async function readAddress(
  target: Target,
  given: Readonly<Record<string, unknown>>,
  addresses: AddressContext,
): Promise<Readonly<Record<string, unknown>>> {
  const wrong = target.problemOf(given)
  if (wrong !== null) throw refuseField(wrong.field, wrong.code, wrong.message)
  const config = target.readConfig(given)
  const problem = (await target.refuse?.(config, addresses)) ?? null
  if (problem !== null) throw refuseField(problem.field, problem.code, problem.message)
  const settled = (await target.settle?.(config, addresses)) ?? { config }
  if ('problem' in settled) throw refuseField(settled.problem.field, settled.problem.code, settled.problem.message)
  return { ...(typeof settled.config === 'object' ? settled.config : {}) }
}
