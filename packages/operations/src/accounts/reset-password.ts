import { findUserByEmail, saveSecondFactor, updatePassword } from '@paikea/database'
import { operation, type OperationContext } from '../operation.ts'
import { Refusal, refuseForbidden } from '../refusal.ts'
import { checkPassword } from './check-password.ts'
import { hashPassword } from './password.ts'

/**
 * Sets a new password and ends the user's sessions.
 *
 * @throws Refusal `forbidden`; `invalid` password; `not-found`
 */
export async function resetPassword(
  context: OperationContext,
  input: { readonly email: string; readonly password: string; readonly endsSecondFactor?: boolean },
): Promise<void> {
  if (!context.caller.isSystemAdmin)
    throw refuseForbidden('Only a system administrator may set other users’ passwords.')
  await checkPassword(input.password, { email: input.email })
  const passwordHash = await hashPassword(input.password)
  await storePassword(context, { email: input.email, passwordHash, endsSecondFactor: input.endsSecondFactor ?? false })
}

const storePassword = operation<
  { readonly email: string; readonly passwordHash: string; readonly endsSecondFactor: boolean },
  void
>('user.password-reset', async ({ db, tx }, { email, passwordHash, endsSecondFactor }) => {
  const user = await findUserByEmail(db, { email }, tx)
  if (user === null) throw new Refusal('not-found', 'no-such-user', 'There is no account with this e-mail address.')
  await updatePassword(db, { userId: user.id, passwordHash }, tx)
  if (endsSecondFactor) await saveSecondFactor(db, { userId: user.id, factor: null }, tx)
  const after = endsSecondFactor ? { secondFactor: null } : null
  return { result: undefined, subject: `user/${String(user.id)}`, groupId: null, before: null, after }
})
