import { z } from 'zod'
import { IamSchema, numberInUrl, TimeSchema } from '../../http/fields.ts'

const MINUTES = z.number().int().min(1).max(1_440)
const HOURS = z.number().positive().max(336)

/** A short interval for some hours; the firmware's own ranges apply too. */
export const RecoveryRequestSchema = z.strictObject({
  minutes: MINUTES,
  hours: HOURS,
  /** The interval to return to. @default the one that the buoy's reports show */
  backMinutes: MINUTES.optional(),
  /** Ends the recovery early when a report shows a lower voltage. */
  stopBelowVolts: z.number().positive().max(30).optional(),
})
/** All parameters are optional and have defaults. */
export const RecoveryPriceQuery = z.strictObject({
  minutes: numberInUrl(MINUTES).default(5),
  hours: numberInUrl(HOURS).default(6),
  backMinutes: numberInUrl(MINUTES).optional(),
})
export const RecoveryParams = z.object({ iam: IamSchema })

/** What it will cost, computed before anything is sent. */
export const RecoveryPriceSchema = z.object({
  backMinutes: z.int(),
  reports: z.int(),
  /** Of all reports during the recovery, and both commands. */
  credits: z.int(),
  /** The part that the recovery adds. */
  extraCredits: z.int(),
})

/** A period during which a buoy reports often. */
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

/** The last recovery, if any: a list, so that a page that merely looks gets no 404. */
export const RecoveriesSchema = z.object({ items: z.array(RecoverySchema), nextCursor: z.null() })
