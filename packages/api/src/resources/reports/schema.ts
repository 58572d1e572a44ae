import { z } from 'zod'
import { IamSchema, MomentSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** Iridium's own estimate of where the modem was: not the device's position. */
export const IridiumSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  /** Radius within which it is right in 80 of 100 cases. */
  cepKm: z.number().nullable(),
  /** False where Iridium itself says that the estimate is not to be relied on. */
  reliable: z.boolean(),
})

/** Something found wrong, with the field it is about (empty: the whole) and a stable code. */
export const ProblemSchema = z.object({ field: z.string(), code: z.string(), message: z.string() })

/** How far the position is believed; `not-evaluated`: stored before positions were judged. */
export const QualitySchema = z.enum(['good', 'not-evaluated', 'suspect', 'bad', 'missing'])

/** One report of a device. */
export const ReportSchema = z.object({
  id: z.int(),
  messageId: z.int(),
  packetType: z.string(),
  /** Time of the fix, else of the transmission, else of the arrival. */
  at: TimeSchema,
  receivedAt: TimeSchema,
  fixAt: TimeSchema.nullable(),
  /** The time the device gave, where that was not believed. */
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
  /** How much later than the fix the message was transmitted. */
  fixSkewSeconds: z.number().nullable(),
  /** Where the position is from: the device's own receiver, or Iridium. */
  source: z.string(),
  iridium: IridiumSchema.nullable(),
  /** The same fix came before, by another message. */
  isRepeat: z.boolean(),
  quality: QualitySchema,
  problems: z.array(ProblemSchema),
})
export type ReportView = z.output<typeof ReportSchema>

export const DeviceParams = z.object({ iam: IamSchema })

/** `from` and `to` are both included. */
export const ListReportsQuery = z.strictObject({
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  ...pageQuery,
})

export const ReportPage = pageOf(ReportSchema)
