import { z } from 'zod'
import { IamSchema, IdSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** One connection of a device, from open to close. */
export const LinkSessionSchema = z.object({
  id: z.int(),
  openedAt: TimeSchema,
  closedAt: TimeSchema.nullable(),
  closeReason: z.string().nullable(),
  entries: z.int(),
  bytes: z.int(),
  /** The record reached its size limit: later frames were not recorded. */
  cut: z.boolean(),
})
export type LinkSessionView = z.output<typeof LinkSessionSchema>

export const LinkSessionPage = pageOf(LinkSessionSchema)

/** A recorded frame of the device, or a command sent to it. Passwords are masked. */
export const LinkEntrySchema = z.looseObject({ type: z.enum(['frame', 'sent']), at: TimeSchema })
export const LinkRecordSchema = z.object({
  session: LinkSessionSchema,
  items: z.array(LinkEntrySchema),
  nextCursor: z.string().nullable(),
})

export const LinkParams = z.object({ iam: IamSchema })
export const LinkSessionParams = z.object({ iam: IamSchema, id: IdSchema })
export const ListLinkSessionsQuery = z.strictObject(pageQuery)
export const ReadLinkSessionQuery = z.strictObject({ cursor: pageQuery.cursor })
export const LinkKeySchema = z.object({ key: z.string() })
