import { z } from 'zod'
import { IamSchema, numberInUrl, TimeSchema } from '../../http/fields.ts'

const MINUTES = z.number().int().min(1).max(1_440)
const HOURS = z.number().positive().max(336)

/** A short interval for some hours; the ranges are the firmware's own besides. */
export const RecoveryRequestSchema = z.strictObject({
  minutes: MINUTES,
  hours: HOURS,
  /** The interval after that; may be left out where the buoy's reports tell the one it works at. */
  backMinutes: MINUTES.optional(),
  /** Ends early when a report shows less. */
  stopBelowVolts: z.number().positive().max(30).optional(),
})
/** Without anything: what is usual. */
export const RecoveryPriceQuery = z.strictObject({
  minutes: numberInUrl(MINUTES).default(5),
  hours: numberInUrl(HOURS).default(6),
  backMinutes: numberInUrl(MINUTES).optional(),
})
export const RecoveryParams = z.object({ iam: IamSchema })

/** What it takes, worked out before anything is sent. */
export const RecoveryPriceSchema = z.object({
  backMinutes: z.int(),
  reports: z.int(),
  /** Of all reports meanwhile, and both commands. */
  credits: z.int(),
  /** The part that the recovery adds. */
  extraCredits: z.int(),
})

/** A time at which a buoy reports often. */
export const RecoverySchema = z.object({
  minutes: z.int(),
  backMinutes: z.int(),
  stopBelowVolts: z.number().nullable(),
  credits: z.int(),
  state: z.enum(['running', 'ended']),
  /** Why it ended: `time`, `battery`, `by-operator`, `newer-command`. */
  stateReason: z.string().nullable(),
  commandId: z.int().nullable(),
  backCommandId: z.int().nullable(),
  requestedBy: z.string(),
  createdAt: TimeSchema,
  endsAt: TimeSchema,
  endedAt: TimeSchema.nullable(),
})

/** The last recovery, where there was one: a page that only looks is not told that it is wrong. */
export const RecoveriesSchema = z.object({ items: z.array(RecoverySchema), nextCursor: z.null() })
