import { countUsers, findUserByEmail, normaliseEmail, type Database } from '@paikea/database'
import { systemCaller } from '../caller.ts'
import { createUser } from './create-user.ts'
import { verifyPassword } from './password.ts'

/** Whether anyone has an account: if nobody has, the first administrator is to be made. */
export async function hasAccounts(db: Database): Promise<boolean> {
  return (await countUsers(db)) > 0
}

/**
 * Makes the first administrator, over all groups, if there is no user at all.
 *
 * @returns the account; `null` if another one exists
 */
export async function ensureFirstAdmin(
  db: Database,
  args: { readonly email?: string | undefined; readonly password: string },
): Promise<{ readonly email: string } | null> {
  const { password } = args
  const email = normaliseEmail(args.email ?? 'admin@paikea.local')
  if (await hasAccounts(db)) return findMade(db, { email, password })
  try {
    const context = { db, caller: systemCaller('start') }
    // A password set in the configuration is the operator's own choice: no start fails over its length.
    const account = { email, password, displayName: 'Administrator', isSystemAdmin: true, minPasswordLength: 1 }
    await createUser(context, account)
  } catch (error) {
    if (!(await hasAccounts(db))) throw error
    return findMade(db, { email, password })
  }
  return { email }
}

/** The account if it has this password: made by another process that was told the same, or by this one, and the answer was lost. */
async function findMade(
  db: Database,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<{ readonly email: string } | null> {
  const made = await findUserByEmail(db, { email })
  return made !== null && (await verifyPassword(password, made.passwordHash)) ? { email } : null
}
