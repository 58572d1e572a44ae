import { COMMAND_KINDS, COMMAND_STATES } from '@paikea/domain'
import { z } from 'zod'
import { IamSchema, IdSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/**
 * Ranges are the firmware's own, by generation: `minutes` from 2 (v2) or 0 to 1440 (v3), `seconds` up to 259,200 (v3).
 */
export const CommandRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('interval'), minutes: z.int() }),
  z.strictObject({ command: z.literal('sleep'), seconds: z.int() }),
  z.strictObject({ command: z.literal('beacon'), on: z.boolean() }),
])

/** A command and its life cycle, until the device's own report confirms or refuses it. */
export const CommandSchema = z.object({
  id: z.int(),
  command: z.enum(COMMAND_KINDS),
  minutes: z.int().optional(),
  seconds: z.int().optional(),
  on: z.boolean().optional(),
  /** The MT text. */
  text: z.string(),
  state: z.enum(COMMAND_STATES),
  /** A code that explains the state, if there is more to say. */
  stateReason: z.string().nullable(),
  credits: z.int(),
  requestedBy: z.string(),
  createdAt: TimeSchema,
  sentAt: TimeSchema.nullable(),
  /** When it should reach the device; `null` if its schedule is unknown. */
  expectedAt: z.object({ from: TimeSchema, to: TimeSchema }).nullable(),
  /** When the confirming or refusing report should have arrived; `null` if the device sends none. */
  answeredBy: TimeSchema.nullable(),
  decidedAt: TimeSchema.nullable(),
  decidedByMessageId: z.int().nullable(),
  /** The outbound message that carries it. */
  messageId: z.int().nullable(),
})
export type CommandView = z.output<typeof CommandSchema>

const QueueSchema = z.object({
  /** Messages queued at the gateway for the modem, not counting this one. */
  depth: z.int(),
  /** The gateway's queue limit. */
  limit: z.int(),
  /** When the gateway purges the whole queue. */
  purgedAt: TimeSchema.nullable(),
})

/** What to know before sending another one. */
export const CommandAnswerSchema = CommandSchema.extend({ queue: QueueSchema, warnings: z.array(z.string()) })

/** What a command would cost and do. */
export const CommandPreviewSchema = CommandAnswerSchema.pick({
  text: true,
  credits: true,
  stateReason: true,
  expectedAt: true,
  answeredBy: true,
  queue: true,
  warnings: true,
}).extend({
  /** `needs-decision`: it would be held, for the reason beside it. */
  state: z.enum(['queued', 'needs-decision']),
  /** Commands that are still queued and that it would replace. */
  replaces: z.array(z.int()),
})

export type CommandPreviewView = z.output<typeof CommandPreviewSchema>

export const CommandPage = pageOf(CommandSchema)

/** A command held until a user decides, with its device. */
export const HeldCommandPage = pageOf(CommandSchema.extend({ iam: IamSchema }))
export const ListHeldCommandsQuery = z.strictObject({
  ...pageQuery,
  /** Commands in other states are listed under their device. */
  state: z.literal('needs-decision').default('needs-decision'),
})
export const ListCommandsQuery = z.strictObject(pageQuery)
export const CommandsParams = z.object({ iam: IamSchema })
export const CommandParams = z.object({ iam: IamSchema, id: IdSchema })
