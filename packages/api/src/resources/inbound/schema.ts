import { MESSAGE_STATES } from '@paikea/domain'
import { MAX_REPLAYED } from '@paikea/operations'
import { z } from 'zod'
import { IdSchema, ImeiSchema, MomentSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'
import { CommandSchema } from '../commands/schema.ts'
import { OutboundDetailSchema } from '../outbound/schema.ts'
import { IridiumSchema, ProblemSchema, ReportSchema } from '../reports/schema.ts'

export const MessageStateSchema = z.enum(MESSAGE_STATES)

/** A message of a modem. */
export const InboundSchema = z.object({
  id: z.int(),
  imei: z.string().nullable(),
  serial: z.string().nullable(),
  momsn: z.int().nullable(),
  transmitTime: TimeSchema.nullable(),
  receivedAt: TimeSchema,
  state: MessageStateSchema,
  /** Why it is in quarantine. */
  reason: z.object({ code: z.string(), detail: z.string().nullable() }).nullable(),
  packetType: z.string().nullable(),
  /** Device the modem sat in when the message was taken in. */
  iam: z.string().nullable(),
  /** How often the vendor delivered it again. */
  copies: z.int(),
  lastCopyAt: TimeSchema.nullable(),
  /** The decoded value; `null` if it cannot be read. */
  decoded: z.unknown(),
  /** What was found wrong with the message as a whole: `incomplete`, `imei-mismatch` and others. */
  problems: z.array(ProblemSchema),
})
export type InboundView = z.output<typeof InboundSchema>

/** Bytes for people and for programs: as text only where every byte can be printed. */
const BytesSchema = z.object({ bytes: z.int(), base64: z.string(), hex: z.string(), text: z.string().nullable() })

/** A message with everything that is known of it. */
export const InboundDetailSchema = InboundSchema.extend({
  format: z.string(),
  duplicateKey: z.string(),
  /** What let it in: `secret`, `token`, `secret+token`, `address` (while moving in) or `import`. */
  verifiedBy: z.string(),
  verificationNote: z.string().nullable(),
  sourceAddress: z.string().nullable(),
  contentType: z.string().nullable(),
  /** `null` for those who may not claim the modem: its serial is in it. */
  rawBody: BytesSchema.nullable(),
  payload: BytesSchema.nullable(),
  /** What its device paid for it; copies cost nothing. */
  credits: z.int(),
  iridium: IridiumSchema.nullable(),
  sessionStatus: z.int().nullable(),
  report: ReportSchema.nullable(),
  /** What was sent on, each with every try: when, what was answered, how long it took, the vendor's id. */
  deliveries: z.array(OutboundDetailSchema),
  /** Commands that this message's report confirmed, refused or voided. */
  decidedCommands: z.array(CommandSchema),
  /** Routes that matched and sent nothing, with the reason as a code: `overtaken`, `repeat` and others. */
  skippedRoutes: z.array(z.object({ routeId: z.int(), reason: z.string() })),
  /** The group's other routes, as they are today: why they had nothing to do with it. Empty until it was acted on. */
  otherRoutes: z.array(
    z.object({
      routeId: z.int(),
      reason: z.enum(['disabled', 'made-later', 'other-kind', 'other-device', 'other-type', 'not-then']),
    }),
  ),
  workflowId: z.string().nullable(),
  /** When its start was asked for. */
  workflowStartedAt: TimeSchema.nullable(),
  processedAt: TimeSchema.nullable(),
})
export type InboundDetailView = z.output<typeof InboundDetailSchema>

/** Both stand for `false` where they are left out. */
export const ReplaySchema = z.strictObject({ dryRun: z.boolean().optional(), release: z.boolean().optional() })

/** What reading a message again changes, and the message as it stands then. */
export const ReplayedSchema = z.object({
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  applied: z.boolean(),
  message: InboundDetailSchema,
})

export const MessageParams = z.object({ id: IdSchema })

/** `from` and `to` are times of arrival, both included. */
export const ListInboundQuery = z.strictObject({
  imei: ImeiSchema.optional(),
  state: MessageStateSchema.optional(),
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  /** `true`: those that were acted on and sent to nobody. */
  unrouted: z.enum(['true', 'false']).optional(),
  ...pageQuery,
})

/** Messages by id, or the newest that a filter finds (narrow it by `to` where it is cut). It lists what would change; `dryRun: false` does it. */
export const ReplaySelectionSchema = z.strictObject({
  ids: z.array(z.int().positive()).min(1).max(MAX_REPLAYED).optional(),
  imei: ImeiSchema.optional(),
  state: MessageStateSchema.optional(),
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  dryRun: z.boolean().default(true),
  release: z.boolean().default(false),
})

export const ReplayedSelectionSchema = z.object({
  read: z.int(),
  items: z.array(
    z.object({
      id: z.int(),
      changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
    }),
  ),
  applied: z.boolean(),
  /** More were found than one call takes. */
  isCut: z.boolean(),
})

export const InboundPage = pageOf(InboundSchema)
