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

/** How long a requested link is valid. */
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
 * Sets a password through a link, and ends the link and all sessions. A second factor stays.
 *
 * @throws Refusal `invalid` for an unacceptable password, and for a used or expired link
 */
export async function usePasswordLink(
  context: OperationContext,
  input: { readonly token: string; readonly password: string },
): Promise<void> {
  await checkPassword(input.password)
  const tokenHash = hashSecret(input.token)
  // Checked before the expensive hash, so that anonymous callers cannot make us work.
  if ((await findPasswordReset(context.db, { tokenHash, now: new Date() })) === null) throw linkIsOver()
  await store(context, { tokenHash, passwordHash: await hashPassword(input.password) })
}

const store = operation<{ readonly tokenHash: string; readonly passwordHash: string }, void>(
  'user.password-set-by-link',
  async ({ db, tx, now }, { tokenHash, passwordHash }) => {
    const found = await findPasswordReset(db, { tokenHash, now }, tx)
    // Of two concurrent calls, the one that deletes the link sets the password.
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
