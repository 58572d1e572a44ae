import { isOneLine } from '@paikea/operations'
import { z } from 'zod'

/** Body of `POST /v1/session`. */
export const LogInSchema = z.strictObject({
  email: z.string().min(1).max(254).refine(isOneLine, 'is not an e-mail address'),
  password: z.string().min(1).max(1000),
  /** Of the second factor, where the account has one; or one of the codes that stand in for it. */
  code: z
    .string()
    .max(40)
    .regex(/^(?:\d{6}|[A-Za-z2-7]{4}(?:[ -]?[A-Za-z2-7]{4}){5})$/, 'must be 6 digits, or a recovery code')
    .optional(),
})

/** Who is logged in. */
export const UserSchema = z.object({
  id: z.int(),
  email: z.string(),
  displayName: z.string(),
  isSystemAdmin: z.boolean(),
  /** Whether log-ins ask for a code, too. */
  hasSecondFactor: z.boolean(),
  groups: z.array(z.object({ id: z.int(), name: z.string(), role: z.string() })),
})

/** Answer of `POST` and `GET /v1/session`. */
export const SessionSchema = z.object({
  user: UserSchema,
  /** Goes into `X-CSRF-Token` of every request of this session that changes something. */
  csrfToken: z.string(),
  links: z.object({
    /** Where workflows are looked at: their ids go behind it and a `/`. `null` = nobody said where. */
    workflows: z.string().nullable(),
    /** Map tiles of the operator's own: with `{z}`, `{x}` and `{y}`, or a `.pmtiles` file. */
    tiles: z.object({ url: z.string(), attribution: z.string() }).nullable(),
  }),
})
export type SessionView = z.output<typeof SessionSchema>
