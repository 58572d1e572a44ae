import { z } from 'zod'
import { DeviceKindSchema, IamSchema, IdSchema, ImeiSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** Packets a route can name; what a tracker of the vendor sends has no packet type and is matched by `any`. */
const MessageTypeSchema = z.enum(['PK001', 'PK004', 'PK005', 'PK006', 'PK007', 'PK101', 'any'])

/** All devices of a kind in the group, or one by name. */
const SourceSchema = z.strictObject({
  kind: z.enum([...DeviceKindSchema.options, 'any']),
  iam: IamSchema.nullish(),
})

const TargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('modem'), imei: ImeiSchema }),
  z.strictObject({ kind: z.literal('rockstar'), serial: z.string().regex(/^\d{1,20}$/, 'must be digits') }),
])

/** What is passed on, from whom, to whom. */
export const RouteSchema = z.object({
  id: z.int(),
  groupId: z.int(),
  source: z.object({ kind: z.enum([...DeviceKindSchema.options, 'any']), iam: z.string().nullable() }),
  messageType: z.string(),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('modem'), imei: z.string().nullable() }),
    z.object({ kind: z.literal('rockstar'), serial: z.string().nullable() }),
  ]),
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
export type RouteInput = z.output<typeof CreateRouteSchema>

export const ChangeRouteSchema = z.strictObject({
  source: SourceSchema.optional(),
  messageType: MessageTypeSchema.optional(),
  target: TargetSchema.optional(),
  enabled: z.boolean().optional(),
})
