import { z } from 'zod'
import { IamSchema, IdSchema, pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** One connection of a device, from its opening to its end. */
export const LinkSessionSchema = z.object({
  id: z.int(),
  openedAt: TimeSchema,
  closedAt: TimeSchema.nullable(),
  closeReason: z.string().nullable(),
  entries: z.int(),
  bytes: z.int(),
  /** It grew too long: what came later was not recorded. */
  cut: z.boolean(),
})
export type LinkSessionView = z.output<typeof LinkSessionSchema>

export const LinkSessionPage = pageOf(LinkSessionSchema)

/** What was said: a frame of the device, or a command that went to it. Passwords are masked. */
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
