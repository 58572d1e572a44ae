import { findUserById, updatePassword } from '@paikea/database'
import { operation, type OperationContext } from '../operation.ts'
import { checkPassword } from './check-password.ts'
import { hashPassword } from './password.ts'
import { requirePassword } from './second-factor.ts'

/**
 * Sets the caller's own password, and ends all their other sessions.
 *
 * @throws Refusal `invalid` for a wrong old or an unacceptable new password; `conflict` for a token
 */
export async function changePassword(
  context: OperationContext,
  input: { readonly password: string; readonly newPassword: string; readonly sessionId: number | null },
): Promise<void> {
  const userId = await requirePassword(context, input.password)
  const user = await findUserById(context.db, { id: userId })
  await checkPassword(input.newPassword, { email: user?.email ?? '' })
  const passwordHash = await hashPassword(input.newPassword)
  await store(context, { userId, passwordHash, exceptSessionId: input.sessionId })
}

const store = operation<
  { readonly userId: number; readonly passwordHash: string; readonly exceptSessionId: number | null },
  void
>('user.password-changed', async ({ db, tx }, input) => {
  await updatePassword(db, input, tx)
  return { result: undefined, subject: `user/${String(input.userId)}`, groupId: null, before: null, after: null }
})
