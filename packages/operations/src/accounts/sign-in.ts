import {
  deleteIdentity,
  findIdentity,
  findUserByEmail,
  findUserById,
  insertIdentity,
  type UserRow,
} from '@paikea/database'
import { operation, type OperationContext, type Work } from '../operation.ts'
import { Refusal, refuseUnknown } from '../refusal.ts'
import { insertNewSession, type NewSession } from './log-in.ts'
import { requirePassword } from './second-factor.ts'

/** A user's identity as verified with an identity provider. */
export interface ProvenIdentity {
  readonly issuer: string
  /** The provider's identifier of the user, never reassigned. */
  readonly subject: string
  readonly email: string | null
  /** Whether the provider has verified that the e-mail address is the user's. */
  readonly isEmailVerified: boolean
}

/** The result of the log-in at the provider. */
export interface SignIn {
  readonly identity: ProvenIdentity
  /** The user who requested in a session to link the identity; `null` for a plain log-in. */
  readonly linkUserId: number | null
  /** Whether a verified e-mail address links the account that has this address, permanently. */
  readonly matchesEmail: boolean
  readonly userAgent: string | null
}

/**
 * Creates a session for a user whom an identity provider vouches for. It creates no accounts, and roles never come from
 * the provider.
 *
 * @throws Refusal `unauthenticated`, with the same text for no account, a disabled one, or an identity that is someone
 * else's
 */
export const signIn = operation<SignIn, NewSession>('session.created', async (work, wish) => {
  const { user, isNew } = await findAccount(work, wish)
  if (user === null || user.disabledAt !== null) {
    throw new Refusal('unauthenticated', 'no-account-for-identity', 'No account is linked to that identity.')
  }
  const session = await insertNewSession(work, { user, userAgent: wish.userAgent, method: 'provider' })
  const who = `user/${String(user.id)}`
  const { issuer, subject } = wish.identity
  const after = { method: 'provider', issuer, ...(isNew ? { linkedSubject: subject } : {}) }
  return { result: session, subject: who, actor: who, groupId: null, before: null, after }
})

async function findAccount(
  { db, tx }: Work,
  { identity, linkUserId, matchesEmail }: SignIn,
): Promise<{ readonly user: UserRow | null; readonly isNew: boolean }> {
  const { issuer, subject, email, isEmailVerified } = identity
  const known = await findIdentity(db, { issuer, subject }, tx)
  if (known !== null) {
    // An identity linked to someone else is not moved.
    if (linkUserId !== null && linkUserId !== known.userId) return { user: null, isNew: false }
    return { user: await findUserById(db, { id: known.userId }, tx), isNew: false }
  }
  const byEmail = matchesEmail && isEmailVerified && email !== null
  const user =
    linkUserId !== null
      ? await findUserById(db, { id: linkUserId }, tx)
      : byEmail
        ? await findUserByEmail(db, { email }, tx)
        : null
  if (user === null || user.disabledAt !== null) return { user: null, isNew: false }
  await insertIdentity(db, { userId: user.id, issuer, subject }, tx)
  return { user, isNew: true }
}

/**
 * Checks the caller's password before an identity may be linked to the account. @returns the user's id @throws Refusal
 */
export function allowLink(context: OperationContext, { password }: { readonly password: string }): Promise<number> {
  return requirePassword(context, password)
}

/**
 * Unlinks an identity from the caller's account.
 *
 * @throws Refusal `invalid` password; `not-found`, also for someone else's
 */
export async function endIdentity(
  context: OperationContext,
  { id, password }: { readonly id: number; readonly password: string },
): Promise<void> {
  if (context.caller.ownerUserId === null) throw refuseUnknown('identity')
  await remove(context, { id, userId: await requirePassword(context, password) })
}

const remove = operation<{ readonly id: number; readonly userId: number }, void>(
  'user.identity-ended',
  async ({ db, tx }, { id, userId }) => {
    if (!(await deleteIdentity(db, { id, userId }, tx))) throw refuseUnknown('identity')
    return {
      result: undefined,
      subject: `user/${String(userId)}`,
      groupId: null,
      before: { identity: id },
      after: null,
    }
  },
)
