import {
  ensureGroup,
  findUserByEmail,
  insertUser,
  isUniqueConflict,
  listGroups,
  type MembershipRow,
  normaliseEmail,
} from '@paikea/database'
import type { Role } from '@paikea/domain'
import { isOneLine } from '../one-line.ts'
import { operation, type OperationContext } from '../operation.ts'
import { refuseConflict, refuseField, refuseForbidden } from '../refusal.ts'
import { checkPassword } from './check-password.ts'
import { hashPassword } from './password.ts'

/** A new account. */
export interface NewUser {
  readonly email: string
  readonly password: string
  readonly displayName?: string
  readonly isSystemAdmin?: boolean
  /** Role in a group, by the group's number, or by its name, which creates the group if it does not exist. */
  readonly memberships?: readonly { readonly group: string | number; readonly role: Role }[]
  /** @default PASSWORD_LENGTH.min */
  readonly minPasswordLength?: number
}

/** An account that was just created. */
export interface MadeUser {
  readonly id: number
  readonly email: string
}

/**
 * Creates an account.
 *
 * @throws Refusal `forbidden`; `invalid` e-mail or password; `conflict` if the e-mail is taken
 */
export async function createUser(context: OperationContext, input: NewUser): Promise<MadeUser> {
  if (!context.caller.isSystemAdmin) throw refuseForbidden('Only a system administrator may create accounts.')
  return makeUser(context, input)
}

/** The same for a caller whose permission has been checked. */
export async function makeUser(context: OperationContext, input: NewUser): Promise<MadeUser> {
  const email = normaliseEmail(input.email)
  if (!/^[^\s@]+@[^\s@]+$/.test(email) || !isOneLine(email) || email.length > 254) {
    throw refuseField('email', 'email-invalid', 'is not an e-mail address', 'That is not an e-mail address.')
  }
  await checkPassword(input.password, { minLength: input.minPasswordLength, email })
  // A taken e-mail address is refused before the expensive hash; the unique key decides between concurrent calls.
  if ((await findUserByEmail(context.db, { email })) !== null) throw emailTaken()
  const passwordHash = await hashPassword(input.password)
  return await storeUser(context, { ...input, email, passwordHash }).catch((error: unknown) => {
    throw isUniqueConflict(error) ? emailTaken() : error
  })
}

const storeUser = operation<NewUser & { readonly passwordHash: string }, MadeUser>(
  'user.created',
  async ({ db, tx }, input) => {
    const { email, passwordHash, isSystemAdmin = false, displayName = email.split('@')[0] ?? email } = input
    const known = new Set((await listGroups(db, { scope: { all: true } }, tx)).map((group) => group.id))
    const memberships: MembershipRow[] = []
    for (const { group, role } of input.memberships ?? []) {
      const groupId = typeof group === 'number' ? group : (await ensureGroup(db, { name: group }, tx)).id
      if (typeof group === 'number' && !known.has(group))
        throw refuseField('memberships', 'unknown-group', 'there is no such group')
      if (memberships.some((one) => one.groupId === groupId))
        throw refuseField('memberships', 'named-twice', 'a group is named twice')
      memberships.push({ groupId, role })
    }
    const { id } = await insertUser(db, { email, passwordHash, displayName, isSystemAdmin, memberships }, tx)
    const after = { email, displayName, isSystemAdmin, memberships }
    return { result: { id, email }, subject: `user/${String(id)}`, groupId: null, before: null, after }
  },
)

function emailTaken() {
  return refuseConflict('email-taken', 'An account with this e-mail address exists.', 'email')
}
