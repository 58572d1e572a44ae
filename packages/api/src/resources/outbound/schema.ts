import { DELIVERY_STATES } from '@paikea/domain'
import { MT_MAX_BYTES } from '@paikea/rockblock-client'
import { z } from 'zod'
import { ImeiSchema, MomentSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

export const DeliveryStateSchema = z.enum(DELIVERY_STATES)

/** A message to a modem or another target. */
export const OutboundSchema = z.object({
  id: z.int(),
  /** The target kind. */
  target: z.string(),
  endpointId: z.int().nullable(),
  /** 0 for the original delivery; replays and resends count up. */
  generation: z.int(),
  imei: z.string().nullable(),
  serial: z.string().nullable(),
  state: DeliveryStateSchema,
  /** Why it is parked, failed, … */
  reason: z.object({ code: z.string(), detail: z.string().nullable() }).nullable(),
  /** Why it is in this state, in plain words; `null`: nothing to add. */
  stateReason: z.string().nullable(),
  stateReasonCode: z.string().nullable(),
  /** The message that this one repeats. */
  resendOf: z.int().nullable(),
  resentAs: z.int().nullable(),
  text: z.string().nullable(),
  hex: z.string(),
  credits: z.int(),
  /** Length of the chain of messages that led to it, each caused by the one before. */
  depth: z.int(),
  createdAt: TimeSchema,
  sentAt: TimeSchema.nullable(),
  finishedAt: TimeSchema.nullable(),
  expiresAt: TimeSchema.nullable(),
  /** The vendor's own id, once the vendor has accepted the message. */
  vendorId: z.string().nullable(),
  cause: z.object({
    kind: z.enum(['route', 'person']),
    messageId: z.int().nullable(),
    routeId: z.int().nullable(),
    iam: z.string().nullable(),
  }),
})
export type OutboundView = z.output<typeof OutboundSchema>

/** Adds all attempts. */
export const OutboundDetailSchema = OutboundSchema.extend({
  workflowId: z.string().nullable(),
  attempts: z.array(
    z.object({
      number: z.int(),
      startedAt: TimeSchema,
      finishedAt: TimeSchema.nullable(),
      /** `null`: not known (yet). */
      outcome: z.string().nullable(),
      reason: z.object({ code: z.string(), detail: z.string().nullable() }).nullable(),
      vendorId: z.string().nullable(),
      /** HTTP status, or the vendor's own code. */
      status: z.int().nullable(),
      latencyMs: z.int().nullable(),
      /** The start of the receiver's response. */
      answer: z.string().nullable(),
    }),
  ),
})
export type OutboundDetailView = z.output<typeof OutboundDetailSchema>

/** `from` and `to` are creation times, both inclusive. */
export const ListOutboundQuery = z.strictObject({
  imei: ImeiSchema.optional(),
  state: DeliveryStateSchema.optional(),
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  ...pageQuery,
})

/** Which parked messages to resume: by one of these filters, or `all`. */
export const ResumeManySchema = z
  .strictObject({
    ids: z.array(z.int().positive()).min(1).max(1_000).optional(),
    imei: ImeiSchema.optional(),
    /** A value of `stateReasonCode`. */
    reasonCode: z.string().min(1).max(64).optional(),
    all: z.literal(true).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    path: ['all'],
    message: 'is missing: give ids, imei, reasonCode or all',
  })
export const ResumedManySchema = z.object({
  resumed: z.int(),
  /** Resumed accounts, with everything that waited for them. */
  accounts: z.int(),
})

export const OutboundPage = pageOf(OutboundSchema)

/** Exactly one of `text` and `hex`. */
export const SendMessageSchema = z
  .strictObject({
    imei: ImeiSchema,
    text: z
      .string()
      .min(1)
      .max(MT_MAX_BYTES)
      .regex(/^[\x20-\x7e\r\n]*$/, 'must be printable ASCII')
      .optional(),
    hex: z
      .string()
      .regex(/^(?:[0-9a-f]{2})+$/i, 'must be pairs of hex digits')
      .max(2 * MT_MAX_BYTES)
      .optional(),
  })
  .superRefine((body, context) => {
    if ((body.text === undefined) === (body.hex === undefined)) {
      const message = 'give either text or hex'
      context.addIssue({ code: 'custom', path: ['text'], message, params: { code: 'text-or-hex' } })
    }
  })
