import { z } from 'zod'
import { IamSchema, IdSchema, LabelSchema, MomentSchema, TimeSchema } from '../../http/fields.ts'

export const DeviceParams = z.object({ iam: IamSchema })
export const ShareLinkParams = z.object({ iam: IamSchema, id: IdSchema })

/** A link to one device, for people without an account. */
export const ShareLinkSchema = z.object({
  id: z.int(),
  label: z.string().nullable(),
  createdBy: z.string(),
  createdAt: TimeSchema,
  until: TimeSchema,
})
export const ShareLinkPage = z.object({ items: z.array(ShareLinkSchema), nextCursor: z.null() })

export const CreateShareLinkSchema = z.strictObject({ until: MomentSchema, label: LabelSchema.nullish() })
/** The token is returned only once; behind `#` it reaches no log. */
export const MadeShareLinkSchema = z.object({
  id: z.int(),
  token: z.string(),
  path: z.string(),
  url: z.string().nullable(),
  until: TimeSchema,
})

export const OpenShareSchema = z.strictObject({ token: z.string().min(1).max(100) })

/** What the holder of a link sees: the device's position, its age, and when the next report is due. Nothing else. */
export const SharedDeviceSchema = z.object({
  name: z.string(),
  until: TimeSchema,
  at: TimeSchema,
  lastFix: z.object({ at: TimeSchema, ageSeconds: z.number(), latitude: z.number(), longitude: z.number() }).nullable(),
  positionFrozenSince: TimeSchema.nullable(),
  health: z.string(),
  nextExpected: z.object({ from: TimeSchema, to: TimeSchema }).nullable(),
})
