import { allTargets, ROUTED_TYPES } from '@paikea/delivery'
import { z } from 'zod'
import {
  DeviceKindSchema,
  IamSchema,
  IdSchema,
  MomentSchema,
  pageOf,
  pageQuery,
  TimeSchema,
} from '../../http/fields.ts'

const MessageTypeSchema = z.enum(ROUTED_TYPES)

/** All devices of a kind in the group, or one by name. */
const SourceSchema = z.strictObject({
  kind: z.enum([...DeviceKindSchema.options, 'any']),
  iam: IamSchema.nullish(),
})

/** An endpoint by its id (`kind` may be omitted), or by its address if that identifies it. */
const TargetSchema = z.preprocess(
  (target) =>
    typeof target === 'object' && target !== null && 'endpointId' in target ? { kind: 'endpoint', ...target } : target,
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('endpoint'), endpointId: z.int().positive() }),
    ...allTargets()
      .filter((target) => target.addressee !== undefined)
      .map((target) => z.strictObject({ ...target.fields, kind: z.literal(target.kind) })),
  ]),
)

/** A forwarding route: what, from which devices, to which target. */
export const RouteSchema = z.object({
  id: z.int(),
  groupId: z.int(),
  source: z.object({ kind: z.enum([...DeviceKindSchema.options, 'any']), iam: z.string().nullable() }),
  messageType: z.string(),
  /** Includes the endpoint's address: `imei`, `serial`, … */
  target: z.looseObject({ kind: z.string(), endpointId: z.int(), label: z.string().nullable() }),
  enabled: z.boolean(),
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
})
export type RouteView = z.output<typeof RouteSchema>

export const RouteParams = z.object({ id: IdSchema })
export const ListRoutesQuery = z.strictObject(pageQuery)
export const RoutePage = pageOf(RouteSchema)

export const CreateRouteSchema = z.strictObject({
  source: SourceSchema,
  messageType: MessageTypeSchema.default('any'),
  target: TargetSchema,
  enabled: z.boolean().default(true),
  /** Follows from the device if one is named; may be omitted by callers with only one group. */
  groupId: z.int().positive().optional(),
})

export const ChangeRouteSchema = z.strictObject({
  source: SourceSchema.optional(),
  messageType: MessageTypeSchema.optional(),
  target: TargetSchema.optional(),
  enabled: z.boolean().optional(),
})

/**
 * `from` and `to` are arrival times. `confirm`: the credits named by the response without it; with it the messages are
 * sent, for no more than that.
 */
export const BackfillSchema = z.strictObject({
  from: MomentSchema,
  to: MomentSchema.optional(),
  confirm: z.int().min(0).optional(),
})

/** What a backfill of a route will send, or has sent. */
export const BackfilledSchema = z.object({
  messages: z.int(),
  deliveries: z.int(),
  credits: z.int(),
  /** Messages that send nothing, by reason. */
  skipped: z.record(z.string(), z.int()),
  applied: z.boolean(),
  /** More remains than one call handles: call again. */
  isCut: z.boolean(),
})
