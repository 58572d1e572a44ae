import { isOneLine } from '@paikea/operations'
import { z } from 'zod'

/** Body of `POST /v1/session`. */
export const LogInSchema = z.strictObject({
  email: z.string().min(1).max(254).refine(isOneLine, 'is not an e-mail address'),
  password: z.string().min(1).max(1000),
  /** Second-factor code if the account has one, or one of its recovery codes. */
  code: z
    .string()
    .max(40)
    .regex(/^(?:\d{6}|[A-Za-z2-7]{4}(?:[ -]?[A-Za-z2-7]{4}){5})$/, 'must be 6 digits, or a recovery code')
    .optional(),
})

/** The signed-in user. */
export const UserSchema = z.object({
  id: z.int(),
  email: z.string(),
  displayName: z.string(),
  isSystemAdmin: z.boolean(),
  /** Whether logging in requires a code too. */
  hasSecondFactor: z.boolean(),
  groups: z.array(z.object({ id: z.int(), name: z.string(), role: z.string() })),
})

/** Response of `POST` and `GET /v1/session`. */
export const SessionSchema = z.object({
  user: UserSchema,
  /** Must be sent as `X-CSRF-Token` with every changing request of this session. */
  csrfToken: z.string(),
  links: z.object({
    /** Address prefix of workflow pages: a `/` and the workflow id follow. `null`: not configured. */
    workflows: z.string().nullable(),
    /** The operator's own map tiles: an address with `{z}`, `{x}` and `{y}`, or a `.pmtiles` file. */
    tiles: z.object({ url: z.string(), attribution: z.string() }).nullable(),
  }),
})
export type SessionView = z.output<typeof SessionSchema>
