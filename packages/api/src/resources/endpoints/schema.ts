import { allTargets } from '@paikea/delivery'
import { z } from 'zod'
import { IdSchema, LabelSchema, numberInUrl, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** A destination of deliveries. Its address is in fields of its kind: `imei`, `serial`, `queueUrl`, `url`, … */
export const EndpointSchema = z.looseObject({
  id: z.int(),
  groupId: z.int(),
  kind: z.string(),
  label: z.string().nullable(),
  /** Body format; `null`: the default of its kind. */
  format: z.string().nullable(),
  /** `paused` ends automatically or by an operator, `parked` only by an operator. */
  state: z.enum(['active', 'paused', 'parked']),
  /** In plain words; `null` = active. */
  stateReason: z.string().nullable(),
  stateReasonCode: z.string().nullable(),
  stateChangedAt: TimeSchema,
  /** Since when every attempt has failed. */
  failingSince: TimeSchema.nullable(),
  /** When a paused one is next probed; `null`: an operator has to resume it. */
  probeAt: TimeSchema.nullable(),
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
})
export type EndpointView = z.output<typeof EndpointSchema>

/** A new endpoint; this response alone holds the `secret`. */
export const CreatedEndpointSchema = EndpointSchema.extend({ secret: z.string().nullable() })

export const EndpointParams = z.object({ id: IdSchema })
export const ListEndpointsQuery = z.strictObject(pageQuery)
export const EndpointPage = pageOf(EndpointSchema)

const targets = allTargets()

/** The address, in the fields of its kind. */
export const CreateEndpointSchema = z.discriminatedUnion(
  'kind',
  asOptions(
    targets.map((target) =>
      z.strictObject({
        ...target.fields,
        kind: z.literal(target.kind),
        label: LabelSchema.optional(),
        /** May be omitted by callers with only one group. */
        groupId: z.int().positive().optional(),
        ...(target.formats.length === 0 ? {} : { format: z.enum(target.formats).optional() }),
        ...(target.secrets === undefined ? {} : { secret: target.secrets.given.optional() }),
      }),
    ),
  ),
)

const addresses = Object.fromEntries(
  targets.filter((target) => target.addressee === undefined).flatMap(({ fields }) => Object.entries(fields)),
)

/** Waiting deliveries go to the new address. The address of a modem or tracker cannot be changed. */
export const ChangeEndpointSchema = z.strictObject({
  ...z.object(addresses).partial().shape,
  label: LabelSchema.nullish(),
  format: z.enum([...new Set(targets.flatMap(({ formats }) => formats))]).nullish(),
})

/** Why it is paused, for other operators. */
export const PauseSchema = z.strictObject({ reason: LabelSchema.optional() })

/** Adds a secret beside the old one, given or generated; `endOld` ends the old one instead. */
export const RotateSecretSchema = z.strictObject({
  secret: z.string().max(200).optional(),
  endOld: z.boolean().optional(),
})
export const RotatedSecretSchema = z.object({
  /** Returned only once; `null` if the old one was ended. */
  secret: z.string().nullable(),
  /** How many secrets sign now. */
  secrets: z.int(),
})

export const TestOutcomeSchema = z.object({
  outcome: z.string(),
  reason: z.string().nullable(),
  status: z.int().nullable(),
  answer: z.string().nullable(),
  latencyMs: z.int(),
  body: z.string(),
})

/** Without a message: the marked test message. */
export const PreviewQuery = z.strictObject({ messageId: numberInUrl(z.number().int().positive()).optional() })
export const PreviewSchema = z.object({
  format: z.string().nullable(),
  body: z.string().nullable(),
  hex: z.string().nullable(),
  credits: z.int(),
  /** Why nothing would be sent. */
  reason: z.string().nullable(),
})

/** The registry is never empty. */
function asOptions<T>(list: readonly T[]): [T, ...T[]] {
  const [first, ...rest] = list
  if (first === undefined) throw new Error('there are no target kinds')
  return [first, ...rest]
}
