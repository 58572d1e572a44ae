import { deleteSession, findUserByEmail, insertSession, normaliseEmail, type UserRow } from '@paikea/database'
import { operation, type OperationContext, type Work } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { verifyPassword } from './password.ts'
import { requireSecondFactor } from './second-factor.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** A session ends after this long without use. */
export const SESSION_LIFE_MS = 14 * 24 * 3_600_000

/** … and after this long in use. */
const SESSION_LONGEST_MS = 90 * 24 * 3_600_000

/** When a session that is in use now ends without further use. */
export function sessionEnd(createdAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + SESSION_LIFE_MS, createdAt.getTime() + SESSION_LONGEST_MS))
}

/** How a user logs in. */
export interface LogIn {
  readonly email: string
  readonly password: string
  /** A code of the second factor, if the account has one, or a recovery code. */
  readonly code?: string | undefined
  /** What the browser calls itself, for the list of sessions. */
  readonly userAgent?: string | null | undefined
}

/** A session that was just created; its secrets are available only once. */
export interface NewSession {
  readonly user: UserRow
  /** Value of the cookie. */
  readonly secret: string
  /** Must accompany the session's changing requests. */
  readonly csrfToken: string
}

/**
 * Checks a password, and a second-factor code if the account requires one, and creates a session.
 *
 * @throws Refusal `unauthenticated`, with the same timing and text for an unknown e-mail; `second-factor-required` if
 * only the code is missing
 * @throws GateFullError if too many callers wait
 */
export async function logIn(context: OperationContext, input: LogIn): Promise<NewSession> {
  const user = await findUserByEmail(context.db, { email: normaliseEmail(input.email) })
  const isUsable = user !== null && user.disabledAt === null
  if (!(await verifyPassword(input.password, isUsable ? user.passwordHash : null)) || user === null) {
    throw new Refusal('unauthenticated', 'wrong-credentials', 'E-mail or password is wrong.')
  }
  return await storeSession(context, { user, code: input.code ?? null, userAgent: input.userAgent ?? null })
}

const storeSession = operation<
  { readonly user: UserRow; readonly code: string | null; readonly userAgent: string | null },
  NewSession
>('session.created', async (work, { user, code, userAgent }) => {
  const used = await requireSecondFactor(work, user.id, code)
  const method = used === 'none' ? 'password' : `password+${used}`
  const session = await insertNewSession(work, { user, userAgent, method })
  const who = `user/${String(user.id)}`
  return { result: session, subject: who, actor: who, groupId: null, before: null, after: { method } }
})

/** Creates a session for an authenticated user. */
export async function insertNewSession(
  { db, tx, now, caller }: Work,
  args: { readonly user: UserRow; readonly userAgent: string | null; readonly method: string },
): Promise<NewSession> {
  const { user, userAgent, method } = args
  const secret = newSecret()
  const csrfToken = newSecret()
  const facts = { csrfToken, expiresAt: sessionEnd(now, now), address: caller.address, userAgent, method }
  await insertSession(db, { userId: user.id, tokenHash: hashSecret(secret), ...facts }, tx)
  return { user, secret, csrfToken }
}

/** Ends the caller's session. */
export const logOut = operation<{ readonly sessionId: number }, void>(
  'session.ended',
  async ({ db, caller, tx }, { sessionId }) => {
    await deleteSession(db, { id: sessionId }, tx)
    return { result: undefined, subject: caller.actor, groupId: null, before: null, after: null }
  },
)
