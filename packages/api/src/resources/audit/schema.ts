import { z } from 'zod'
import { pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** Who did what, from where, with the state before and after. */
export const AuditSchema = z.object({
  id: z.int(),
  at: TimeSchema,
  /** `user/3`, `token/7`, `system/cli`. */
  actor: z.string(),
  /** `null`: on the server itself. */
  address: z.string().nullable(),
  action: z.string(),
  subject: z.string().nullable(),
  groupId: z.int().nullable(),
  before: z.unknown(),
  after: z.unknown(),
})
export type AuditView = z.output<typeof AuditSchema>

export const ListAuditQuery = z.strictObject({
  actor: z.string().min(1).max(120).optional(),
  subject: z.string().min(1).max(160).optional(),
  ...pageQuery,
})

export const AuditPage = pageOf(AuditSchema)
