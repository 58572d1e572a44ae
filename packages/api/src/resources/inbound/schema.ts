import { MESSAGE_STATES } from '@paikea/domain'
import { MAX_REPLAYED } from '@paikea/operations'
import { z } from 'zod'
import { IdSchema, ImeiSchema, MomentSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'
import { CommandSchema } from '../commands/schema.ts'
import { OutboundDetailSchema } from '../outbound/schema.ts'
import { IridiumSchema, ProblemSchema, ReportSchema } from '../reports/schema.ts'

export const MessageStateSchema = z.enum(MESSAGE_STATES)

/** An inbound message. */
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
  /** Device the modem was in when the message was received. */
  iam: z.string().nullable(),
  /** How often the vendor delivered it again. */
  copies: z.int(),
  lastCopyAt: TimeSchema.nullable(),
  /** The decoded value; `null` if it could not be decoded. */
  decoded: z.unknown(),
  /** Problems of the message as a whole: `incomplete`, `imei-mismatch` and others. */
  problems: z.array(ProblemSchema),
})
export type InboundView = z.output<typeof InboundSchema>

/** Bytes in several encodings; `text` only if every byte is printable. */
const BytesSchema = z.object({ bytes: z.int(), base64: z.string(), hex: z.string(), text: z.string().nullable() })

/** A message with all its details. */
export const InboundDetailSchema = InboundSchema.extend({
  format: z.string(),
  duplicateKey: z.string(),
  /** What admitted it: `secret`, `token`, `secret+token`, `address` (during a migration) or `import`. */
  verifiedBy: z.string(),
  verificationNote: z.string().nullable(),
  sourceAddress: z.string().nullable(),
  contentType: z.string().nullable(),
  /** `null` for callers who may not claim the modem: the body contains its serial. */
  rawBody: BytesSchema.nullable(),
  payload: BytesSchema.nullable(),
  /** What it cost its device; copies cost nothing. */
  credits: z.int(),
  iridium: IridiumSchema.nullable(),
  sessionStatus: z.int().nullable(),
  report: ReportSchema.nullable(),
  /** Deliveries of this message, each with its attempts: time, response, latency, the vendor's id. */
  deliveries: z.array(OutboundDetailSchema),
  /** Commands that this message's report confirmed, refused or voided. */
  decidedCommands: z.array(CommandSchema),
  /** Routes that matched but sent nothing, with the reason as a code: `overtaken`, `repeat` and others. */
  skippedRoutes: z.array(z.object({ routeId: z.int(), reason: z.string() })),
  /**
   * The group's other routes with their present settings, and why they did not apply. Empty until the message was
   * processed.
   */
  otherRoutes: z.array(
    z.object({
      routeId: z.int(),
      reason: z.enum(['disabled', 'made-later', 'other-kind', 'other-device', 'other-type', 'not-then']),
    }),
  ),
  workflowId: z.string().nullable(),
  /** When its workflow was requested. */
  workflowStartedAt: TimeSchema.nullable(),
  processedAt: TimeSchema.nullable(),
})
export type InboundDetailView = z.output<typeof InboundDetailSchema>

/** Both default to `false`. */
export const ReplaySchema = z.strictObject({ dryRun: z.boolean().optional(), release: z.boolean().optional() })

/** What decoding a message again changes, and the resulting message. */
export const ReplayedSchema = z.object({
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  applied: z.boolean(),
  message: InboundDetailSchema,
})

export const MessageParams = z.object({ id: IdSchema })

/** `from` and `to` are arrival times, both inclusive. */
export const ListInboundQuery = z.strictObject({
  imei: ImeiSchema.optional(),
  state: MessageStateSchema.optional(),
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  /** `true`: those that were processed and sent nowhere. */
  unrouted: z.enum(['true', 'false']).optional(),
  ...pageQuery,
})

/**
 * Messages by id, or the newest that match a filter (if the result is cut, continue with `to`). Lists what would
 * change; `dryRun: false` applies it.
 */
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
  /** More matched than one call handles. */
  isCut: z.boolean(),
})

export const InboundPage = pageOf(InboundSchema)
