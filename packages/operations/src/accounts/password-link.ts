import {
  deletePasswordResets,
  findPasswordReset,
  findUserByEmail,
  insertPasswordReset,
  updatePassword,
} from '@paikea/database'
import { operation, type OperationContext } from '../operation.ts'
import { refuseField } from '../refusal.ts'
import { checkPassword } from './check-password.ts'
import { hashPassword } from './password.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** A link that was asked for works so long. */
export const PASSWORD_LINK_MS = 3_600_000

/** Creates a single-use link that sets a password; `null` if nobody has that e-mail address, which the caller must not reveal. */
export const makePasswordLink = operation<
  { readonly email: string },
  { readonly token: string; readonly email: string } | null
>('user.password-link-made', async ({ db, tx, now }, input) => {
  const user = await findUserByEmail(db, input, tx)
  if (user === null || user.disabledAt !== null) return { result: null, subject: null }
  const token = newSecret()
  const expiresAt = new Date(now.getTime() + PASSWORD_LINK_MS)
  await insertPasswordReset(db, { userId: user.id, tokenHash: hashSecret(token), expiresAt }, tx)
  const result = { token, email: user.email }
  return { result, subject: `user/${String(user.id)}`, groupId: null, before: null, after: { expiresAt } }
})

/**
 * Sets a password by a link, and ends the link and all sessions. A second factor stays.
 *
 * @throws Refusal `invalid` for a bad password, and for a link that was used or is over
 */
export async function usePasswordLink(
  context: OperationContext,
  input: { readonly token: string; readonly password: string },
): Promise<void> {
  await checkPassword(input.password)
  const tokenHash = hashSecret(input.token)
  // Looked at before the expensive hash: strangers cannot make us work.
  if ((await findPasswordReset(context.db, { tokenHash, now: new Date() })) === null) throw linkIsOver()
  await store(context, { tokenHash, passwordHash: await hashPassword(input.password) })
}

const store = operation<{ readonly tokenHash: string; readonly passwordHash: string }, void>(
  'user.password-set-by-link',
  async ({ db, tx, now }, { tokenHash, passwordHash }) => {
    const found = await findPasswordReset(db, { tokenHash, now }, tx)
    // Of two at once the one that ends the link sets the password.
    if (found === null || (await deletePasswordResets(db, { userId: found.userId }, tx)) === 0) throw linkIsOver()
    const { userId } = found
    await updatePassword(db, { userId, passwordHash }, tx)
    const who = `user/${String(userId)}`
    return { result: undefined, subject: who, actor: who, groupId: null, before: null, after: null }
  },
)

function linkIsOver() {
  return refuseField('token', 'link-over', 'was used already, or has expired: request another link')
}
