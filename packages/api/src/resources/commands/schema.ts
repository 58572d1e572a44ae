import { COMMAND_KINDS, COMMAND_STATES } from '@paikea/domain'
import { z } from 'zod'
import { IamSchema, IdSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** Ranges are the firmware's own, by generation: `minutes` 2 and up (v2) or 0 to 1440 (v3), `seconds` up to 259,200 (v3). */
export const CommandRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('interval'), minutes: z.int() }),
  z.strictObject({ command: z.literal('sleep'), seconds: z.int() }),
  z.strictObject({ command: z.literal('beacon'), on: z.boolean() }),
])

/** A command and its life until the device's own report decides it. */
export const CommandSchema = z.object({
  id: z.int(),
  command: z.enum(COMMAND_KINDS),
  minutes: z.int().optional(),
  seconds: z.int().optional(),
  on: z.boolean().optional(),
  /** The MT text. */
  text: z.string(),
  state: z.enum(COMMAND_STATES),
  /** A code: why it is in this state, where there is more to say. */
  stateReason: z.string().nullable(),
  credits: z.int(),
  requestedBy: z.string(),
  createdAt: TimeSchema,
  sentAt: TimeSchema.nullable(),
  /** When it reaches the device; `null` if nothing is known of its schedule. */
  expectedAt: z.object({ from: TimeSchema, to: TimeSchema }).nullable(),
  /** When the report that confirms or refuses it should have come; `null` if the device says nothing. */
  answeredBy: TimeSchema.nullable(),
  decidedAt: TimeSchema.nullable(),
  decidedByMessageId: z.int().nullable(),
  /** The message that carries it. */
  messageId: z.int().nullable(),
})
export type CommandView = z.output<typeof CommandSchema>

/** What to know before the next one. */
export const CommandAnswerSchema = CommandSchema.extend({
  queue: z.object({
    /** What the gateway holds for the modem, this one not counted. */
    depth: z.int(),
    /** The gateway holds no more than this. */
    limit: z.int(),
    /** When the gateway purges all of it. */
    purgedAt: TimeSchema.nullable(),
  }),
  warnings: z.array(z.string()),
})

export const CommandPage = pageOf(CommandSchema)

/** One that is held until someone decides, with the device it is for. */
export const HeldCommandPage = pageOf(CommandSchema.extend({ iam: IamSchema }))
export const ListHeldCommandsQuery = z.strictObject({
  ...pageQuery,
  /** Others are listed with their device. */
  state: z.literal('needs-decision').default('needs-decision'),
})
export const ListCommandsQuery = z.strictObject(pageQuery)
export const CommandsParams = z.object({ iam: IamSchema })
export const CommandParams = z.object({ iam: IamSchema, id: IdSchema })
