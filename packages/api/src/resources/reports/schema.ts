import { z } from 'zod'
import { IamSchema, MomentSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** Iridium's own estimate of the modem's location, not the device's fix. */
export const IridiumSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  /** Radius that contains the true location with 80 % probability. */
  cepKm: z.number().nullable(),
  /** False if Iridium marks the estimate as unreliable. */
  reliable: z.boolean(),
})

/** A problem, with its field (empty: the whole) and a stable code. */
export const ProblemSchema = z.object({ field: z.string(), code: z.string(), message: z.string() })

/** Trust in the position; `not-evaluated`: stored before positions were judged. */
export const QualitySchema = z.enum(['good', 'not-evaluated', 'suspect', 'bad', 'missing'])

/** One report of a device. */
export const ReportSchema = z.object({
  id: z.int(),
  messageId: z.int(),
  packetType: z.string(),
  /** Time of the fix, else of transmission, else of arrival. */
  at: TimeSchema,
  receivedAt: TimeSchema,
  fixAt: TimeSchema.nullable(),
  /** The time the device claimed, if it was not trusted. */
  claimedAt: TimeSchema.nullable(),
  hasFix: z.boolean(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  sogKnots: z.number().nullable(),
  cogDegrees: z.number().nullable(),
  batteryVolts: z.number().nullable(),
  batteryPercent: z.number().nullable(),
  intervalMinutes: z.number().nullable(),
  sleepMinutes: z.number().nullable(),
  reason: z.string().nullable(),
  reasonCode: z.number().nullable(),
  status: z.string().nullable(),
  beaconOn: z.boolean().nullable(),
  /** Seconds from the fix to the transmission of the message. */
  fixSkewSeconds: z.number().nullable(),
  /** Source of the position: the device's own receiver, or Iridium. */
  source: z.string(),
  iridium: IridiumSchema.nullable(),
  /** Another message has already reported the same fix. */
  isRepeat: z.boolean(),
  quality: QualitySchema,
  problems: z.array(ProblemSchema),
})
export type ReportView = z.output<typeof ReportSchema>

export const DeviceParams = z.object({ iam: IamSchema })

/** `from` and `to` are both inclusive. */
export const ListReportsQuery = z.strictObject({
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  ...pageQuery,
})

export const ReportPage = pageOf(ReportSchema)
