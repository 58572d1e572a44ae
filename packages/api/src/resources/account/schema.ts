import { PASSWORD_LENGTH } from '@paikea/operations'
import { z } from 'zod'
import { IdSchema, TimeSchema } from '../../http/fields.ts'

const password = z.string().min(1).max(1000)
/** Password rules are checked where it is set; this only bounds the input. */
const newPassword = z.string().min(1).max(1000).describe(`${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`)
const code = z.string().regex(/^\d{6}$/, 'must be 6 digits')

/** A browser session, as its owner sees it. */
export const OwnSessionSchema = z.object({
  id: z.int(),
  createdAt: TimeSchema,
  lastSeenAt: TimeSchema,
  expiresAt: TimeSchema,
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** `password`, `password+totp`, `password+recovery-code`, `provider`; `null`: unknown. */
  method: z.string().nullable(),
  /** Whether it is the session of this request. */
  isThis: z.boolean(),
})
export const OwnSessionPage = z.object({ items: z.array(OwnSessionSchema), nextCursor: z.null() })
export const SessionParams = z.object({ id: IdSchema })
export const EndedSchema = z.object({ ended: z.int() })

export const ChangePasswordSchema = z.strictObject({ password, newPassword })
export const AskForLinkSchema = z.strictObject({ email: z.string().min(3).max(254) })
/** The same whether or not the address has an account. */
export const AskedSchema = z.object({ status: z.literal('asked') })
export const UseLinkSchema = z.strictObject({ token: z.string().min(1).max(100), password: newPassword })
export const PasswordOnlySchema = z.strictObject({ password })
export const CodeSchema = z.strictObject({ code })
export const SecondFactorSchema = z.object({
  /** `null` if there is no second factor. */
  since: TimeSchema.nullable(),
  recoveryCodesLeft: z.int(),
})
/** Returned only once. */
export const RecoveryCodesSchema = z.object({ codes: z.array(z.string()) })
export const MadeSecondFactorSchema = z.object({ secret: z.string(), uri: z.string() })
