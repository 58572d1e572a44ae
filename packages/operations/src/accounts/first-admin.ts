import { countUsers, findUserByEmail, normaliseEmail, type Database } from '@paikea/database'
import { systemCaller } from '../caller.ts'
import { createUser } from './create-user.ts'
import { verifyPassword } from './password.ts'

/** Whether any account exists: if not, the first administrator has to be created. */
export async function hasAccounts(db: Database): Promise<boolean> {
  return (await countUsers(db)) > 0
}

/**
 * Creates the first administrator, over all groups, if there is no user at all.
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
    // A password from the configuration is the operator's own choice: its length never keeps the service from starting.
    const account = { email, password, displayName: 'Administrator', isSystemAdmin: true, minPasswordLength: 1 }
    await createUser(context, account)
  } catch (error) {
    if (!(await hasAccounts(db))) throw error
    return findMade(db, { email, password })
  }
  return { email }
}

/**
 * Returns the account if it has this password: another process with the same configuration created it, or this one did
 * and the response was lost.
 */
async function findMade(
  db: Database,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<{ readonly email: string } | null> {
  const made = await findUserByEmail(db, { email })
  return made !== null && (await verifyPassword(password, made.passwordHash)) ? { email } : null
}
