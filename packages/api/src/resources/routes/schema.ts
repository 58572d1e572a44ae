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

/** An endpoint by its id (`kind` may be left out), or what it leads to where that names it well enough. */
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

/** What is passed on, from whom, to whom. */
export const RouteSchema = z.object({
  id: z.int(),
  groupId: z.int(),
  source: z.object({ kind: z.enum([...DeviceKindSchema.options, 'any']), iam: z.string().nullable() }),
  messageType: z.string(),
  /** With the address as the endpoint has it: `imei`, `serial`, … */
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
  /** Goes with the device where one is named; may be left out by who has one group only. */
  groupId: z.int().positive().optional(),
})

export const ChangeRouteSchema = z.strictObject({
  source: SourceSchema.optional(),
  messageType: MessageTypeSchema.optional(),
  target: TargetSchema.optional(),
  enabled: z.boolean().optional(),
})

/** `from` and `to` are times of arrival. `confirm`: the credits that the answer without it names; it sends, and never for more. */
export const BackfillSchema = z.strictObject({
  from: MomentSchema,
  to: MomentSchema.optional(),
  confirm: z.int().min(0).optional(),
})

/** What the past comes to on a route, or came to. */
export const BackfilledSchema = z.object({
  messages: z.int(),
  deliveries: z.int(),
  credits: z.int(),
  /** Messages that send nothing, by reason. */
  skipped: z.record(z.string(), z.int()),
  applied: z.boolean(),
  /** More is left than one call takes: ask again. */
  isCut: z.boolean(),
})
