import { z } from 'zod'
import { ImeiSchema, LabelSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** A satellite modem. */
export const ModemSchema = z.object({
  imei: z.string(),
  /** Also `null` for callers who may not claim the modem: it proves ownership. */
  serial: z.string().nullable(),
  label: z.string().nullable(),
  /** `false`: it has sent a message, but no group has claimed it yet. */
  claimed: z.boolean(),
  device: z.object({ iam: z.string(), label: z.string().nullable() }).nullable(),
  firstSeen: TimeSchema.nullable(),
  lastSeen: TimeSchema.nullable(),
  lastMomsn: z.int().nullable(),
  /**
   * Gaps in the session numbers of its last messages (1,000; in a list 50), latest first; `since`: the last message
   * before the gap.
   */
  momsnGaps: z.array(z.object({ from: z.int(), to: z.int(), since: TimeSchema })),
})
export type ModemView = z.output<typeof ModemSchema>

export const ModemParams = z.object({ imei: ImeiSchema })

export const ListModemsQuery = z.strictObject({ claimed: z.enum(['true', 'false']).optional(), ...pageQuery })

export const ModemPage = pageOf(ModemSchema)

export const ClaimModemSchema = z.strictObject({
  serial: z
    .string()
    .regex(/^\d{1,20}$/, 'must be digits')
    .optional(),
  label: LabelSchema.nullable().optional(),
  /** The group to claim it for; may be omitted by callers with only one group. */
  groupId: z.int().positive().optional(),
})
