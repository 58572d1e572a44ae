import { z } from 'zod'
import { ImeiSchema, LabelSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** A satellite modem. */
export const ModemSchema = z.object({
  imei: z.string(),
  /** `null` also for those who may not claim: it is the proof. */
  serial: z.string().nullable(),
  label: z.string().nullable(),
  /** `false`: a message came from it, and nobody has said yet whose it is. */
  claimed: z.boolean(),
  device: z.object({ iam: z.string(), label: z.string().nullable() }).nullable(),
  firstSeen: TimeSchema.nullable(),
  lastSeen: TimeSchema.nullable(),
  lastMomsn: z.int().nullable(),
  /** Session numbers that are missing among those of its last messages (1,000; in a list 50), the latest gap first; `since`: the last message before. */
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
  /** For whom it is claimed; may be left out by who has one group only. */
  groupId: z.int().positive().optional(),
})
