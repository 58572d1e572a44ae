import { z } from 'zod'
import { pageOf, pageQuery, TimeSchema } from '../../http/fields.ts'

/** A message in quarantine, or a delivery that waits for an operator or will never be sent. */
export const ErrorSchema = z.object({
  /** `in-<id>` for a message, `out-<id>` for a delivery. */
  id: z.string(),
  kind: z.enum(['message', 'delivery']),
  /** When the message arrived, or the delivery reached this state. */
  at: TimeSchema,
  state: z.string(),
  reason: z.object({ code: z.string(), detail: z.string().nullable() }),
  /** What an operator can do about it. */
  advice: z.string(),
  iam: z.string().nullable(),
  imei: z.string().nullable(),
  /** Path of the message or delivery. */
  href: z.string(),
})
export type ErrorView = z.output<typeof ErrorSchema>

export const ErrorPage = pageOf(ErrorSchema)
export const ListErrorsQuery = z.strictObject(pageQuery)
export const ErrorParams = z.object({
  id: z.string().regex(/^(?:in|out)-[1-9]\d{0,14}$/, 'must be an id of this list, such as in-12 or out-7'),
})

/** The result of a retry. */
export const RepeatedErrorSchema = z.object({
  /** Fields of the message that are now decoded differently. */
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  /** The delivery that was resumed or created. */
  outboundId: z.int().nullable(),
})
