import type { Role } from '@paikea/domain'
import {
  countUsers,
  ensureGroup,
  findUserByEmail,
  insertApiToken,
  insertUser,
  normaliseEmail,
  recordAudit,
  updatePassword,
  type ApiTokenRow,
  type Database,
  type GroupRow,
} from '@paikea/database'
import { hashPassword, PASSWORD_LENGTH, verifyPassword } from '../auth/password.ts'
import { hashSecret, newToken } from '../auth/secrets.ts'
import { isOneLine } from '../http/fields.ts'

/** What cannot be done with an account; `code` for machines, the message for the operator. */
export class AccountError extends Error {
  override readonly name = 'AccountError'
  readonly code:
    'email-taken' | 'email-invalid' | 'password-too-short' | 'password-too-long' | 'no-such-user' | 'no-scope'

  constructor(code: AccountError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The group the first start makes; things without a group named belong to it. */
export const DEFAULT_GROUP_NAME = 'default'

/** The group that everything belongs to while there is only one. Made if it is not there; safe from several processes. */
export function ensureDefaultGroup(db: Database): Promise<GroupRow> {
  return ensureGroup(db, { name: DEFAULT_GROUP_NAME })
}

/**
 * Makes an account.
 *
 * @throws AccountError
 */
export async function createUser(
  db: Database,
  args: {
    readonly email: string
    readonly password: string
    readonly displayName?: string
    readonly isSystemAdmin?: boolean
    /** Role in a group, by the group's name; the group is made if it is not there. */
    readonly memberships?: readonly { readonly group: string; readonly role: Role }[]
    /** For the audit log. @default system/cli */
    readonly actor?: string
    /** @default PASSWORD_LENGTH.min */
    readonly minPasswordLength?: number
  },
): Promise<{ readonly id: number; readonly email: string }> {
  const email = normaliseEmail(args.email)
  if (!/^[^\s@]+@[^\s@]+$/.test(email) || !isOneLine(email) || email.length > 254) {
    throw new AccountError('email-invalid', 'That is not an e-mail address.')
  }
  checkPassword(args.password, args.minPasswordLength)
  if ((await findUserByEmail(db, { email })) !== null)
    throw new AccountError('email-taken', 'There is an account with this e-mail.')
  const passwordHash = await hashPassword(args.password)
  return await db.write(async (tx) => {
    const memberships = []
    for (const { group, role } of args.memberships ?? []) {
      memberships.push({ groupId: (await ensureGroup(db, { name: group }, tx)).id, role })
    }
    const displayName = args.displayName ?? email.split('@')[0] ?? email
    const isSystemAdmin = args.isSystemAdmin ?? false
    const { id } = await insertUser(db, { email, passwordHash, displayName, isSystemAdmin, memberships }, tx)
    await recordAudit(
      db,
      { actor: args.actor ?? 'system/cli', action: 'user.created', subject: `user/${String(id)}` },
      tx,
    )
    return { id, email }
  })
}

/**
 * Sets a new password and ends the user's sessions.
 *
 * @throws AccountError
 */
export async function resetPassword(
  db: Database,
  args: { readonly email: string; readonly password: string; readonly actor?: string },
): Promise<void> {
  checkPassword(args.password)
  const user = await findUserByEmail(db, { email: args.email })
  if (user === null) throw new AccountError('no-such-user', 'There is no account with this e-mail.')
  const passwordHash = await hashPassword(args.password)
  await db.write(async (tx) => {
    await updatePassword(db, { userId: user.id, passwordHash }, tx)
    const subject = `user/${String(user.id)}`
    await recordAudit(db, { actor: args.actor ?? 'system/cli', action: 'user.password-reset', subject }, tx)
  })
}

/**
 * Makes a token for a program. Its secret is returned this once and never again.
 *
 * @throws AccountError when it would be for no group and not for all either
 */
export async function createToken(
  db: Database,
  args: {
    readonly name: string
    readonly role?: Role
    /** `null` with `isSystemAdmin` for all groups. */
    readonly groupId: number | null
    readonly isSystemAdmin?: boolean
    readonly createdByUserId?: number | null
    readonly expiresAt?: Date | null
    readonly actor?: string
  },
): Promise<{ readonly id: number; readonly token: string; readonly row: ApiTokenRow }> {
  const { name, role = 'viewer', groupId, isSystemAdmin = false } = args
  if (groupId === null && !isSystemAdmin) throw new AccountError('no-scope', 'A token is for one group, or for all.')
  const token = newToken()
  const values = {
    name,
    tokenHash: hashSecret(token),
    groupId,
    role,
    isSystemAdmin,
    createdByUserId: args.createdByUserId ?? null,
    expiresAt: args.expiresAt ?? null,
  }
  return await db.write(async (tx) => {
    const row = await insertApiToken(db, values, tx)
    const subject = `token/${String(row.id)}`
    await recordAudit(db, { actor: args.actor ?? 'system/cli', action: 'token.created', subject, groupId }, tx)
    return { id: row.id, token, row }
  })
}

/** Whether anybody has an account: where nobody has, the first administrator is to be made. */
export async function hasAccounts(db: Database): Promise<boolean> {
  return (await countUsers(db)) > 0
}

/**
 * Makes the first administrator, over all groups, where there is no user at all.
 *
 * @returns the account; `null` where somebody else has one already
 */
export async function ensureFirstAdmin(
  db: Database,
  args: { readonly email?: string | undefined; readonly password: string },
): Promise<{ readonly email: string } | null> {
  const { password } = args
  const email = normaliseEmail(args.email ?? 'admin@paikea.local')
  if (await hasAccounts(db)) return findMade(db, { email, password })
  try {
    const displayName = 'Administrator'
    // A password set in the configuration is the operator's own choice: no start fails over its length.
    await createUser(db, {
      ...{ email, password, displayName, isSystemAdmin: true },
      ...{ actor: 'system/start', minPasswordLength: 1 },
    })
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

function checkPassword(password: string, minLength: number = PASSWORD_LENGTH.min): void {
  if (password.length < minLength) {
    throw new AccountError('password-too-short', `A password has at least ${String(minLength)} characters.`)
  }
  if (password.length > PASSWORD_LENGTH.max) {
    throw new AccountError('password-too-long', `A password has at most ${String(PASSWORD_LENGTH.max)} characters.`)
  }
}
