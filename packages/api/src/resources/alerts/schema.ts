import { ALERT_KINDS } from '@paikea/domain'
import { z } from 'zod'
import { EmailSchema, IamSchema, IdSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

const KindSchema = z.enum(ALERT_KINDS)

/** An alert. */
export const AlertSchema = z.object({
  id: z.int(),
  kind: KindSchema,
  /** `null`: it concerns all groups. */
  groupId: z.int().nullable(),
  iam: z.string().nullable(),
  summary: z.string(),
  /** What to do. */
  advice: z.string(),
  since: TimeSchema,
  openedAt: TimeSchema,
  /** `null` while the alert is open. */
  endedAt: TimeSchema.nullable(),
  acknowledgedAt: TimeSchema.nullable(),
  acknowledgedBy: z.string().nullable(),
})
export type AlertView = z.output<typeof AlertSchema>

export const AlertPage = pageOf(AlertSchema)
export const ListAlertsQuery = z.strictObject({ state: z.enum(['open', 'ended']).optional(), ...pageQuery })
export const AlertParams = z.object({ id: IdSchema })
export const GroupParams = z.object({ id: IdSchema })

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00')
const timeZone = z.string().min(1).max(64).refine(isTimeZone, 'must be an IANA time zone such as Pacific/Auckland')

/** A group’s alert rules. */
export const AlertRulesSchema = z.strictObject({
  /** Kinds of alert the group has turned off. */
  off: z.array(KindSchema).max(ALERT_KINDS.length).default([]),
  batteryLowVolts: z.number().min(0).max(30).default(3.5),
  frozenMinutes: z.int().min(1).max(10_080).default(60),
  watchCircles: z
    .array(
      z.strictObject({
        iam: IamSchema,
        latitudeDegrees: z.number().min(-90).max(90),
        longitudeDegrees: z.number().min(-180).max(180),
        radiusMetres: z.number().min(10).max(5_000_000),
      }),
    )
    .max(1000)
    .default([]),
  /** A buoy closer to the coast than this is coming ashore; 0: only one on land counts. */
  shoreMetres: z.number().min(0).max(20_000).default(1000),
  quietHours: z
    .strictObject({ from: clock, to: clock, timeZone, except: z.array(KindSchema).max(ALERT_KINDS.length).default([]) })
    .nullable()
    .default(null),
  emails: z.array(EmailSchema).max(50).default([]),
  /** Webhook endpoints of the same group. */
  endpointIds: z.array(z.int().positive()).max(20).default([]),
})

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
