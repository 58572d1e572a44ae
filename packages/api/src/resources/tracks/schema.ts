import { z } from 'zod'
import { TRACK_FORMATS } from '../../exports/formats.ts'
import { IamSchema, IdSchema, MomentSchema } from '../../http/fields.ts'

const FormatSchema = z.enum(Object.keys(TRACK_FORMATS) as [keyof typeof TRACK_FORMATS])

export const DeviceTrackParams = z.object({ iam: IamSchema, format: FormatSchema })
export const TracksParams = z.object({ format: FormatSchema })

/**
 * `from` and `to` are both inclusive. `deployment` is `none` for all fixes, or the id of one deployment; if omitted,
 * the times at sea.
 */
export const DeviceTrackQuery = z.strictObject({
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  deployment: z.union([z.literal('none'), IdSchema]).optional(),
})

/** For several devices the choice is only "at sea" or "everything". */
export const TracksQuery = z.strictObject({
  group: IdSchema.optional(),
  from: MomentSchema.optional(),
  to: MomentSchema.optional(),
  deployment: z.literal('none').optional(),
})
