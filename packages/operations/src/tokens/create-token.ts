import { ensureGroup, insertApiToken, type ApiTokenRow } from '@paikea/database'
import type { Role } from '@paikea/domain'
import { chooseGroup } from '../choose-group.ts'
import { operation } from '../operation.ts'
import { refuseField, refuseForbidden } from '../refusal.ts'
import { hashSecret, newToken } from '../accounts/secrets.ts'

/** A new token for a program. */
export interface NewToken {
  readonly name: string
  /** @default viewer */
  readonly role?: Role | undefined
  /** For all groups. */
  readonly isSystemAdmin?: boolean | undefined
  /** @default the only group in which the caller may do this */
  readonly groupId?: number | undefined
  /** The group by name, created if it does not exist; for the command line. */
  readonly groupName?: string
  readonly expiresAt?: Date | null | undefined
}

/**
 * Creates a token for a program. Its secret is returned only once.
 *
 * @throws Refusal `forbidden` for more than the caller has; `invalid` group
 */
export const createToken = operation<NewToken, { readonly row: ApiTokenRow; readonly token: string }>(
  'token.created',
  async (work, input) => {
    const { db, caller, tx } = work
    const { name, role = 'viewer', isSystemAdmin = false, groupName, expiresAt = null } = input
    if (isSystemAdmin && !caller.isSystemAdmin) {
      throw refuseForbidden('Only a system administrator may create such a token.')
    }
    if (isSystemAdmin && input.groupId !== undefined) {
      throw refuseField('groupId', 'not-with-system-admin', 'must be omitted for a token for all groups')
    }
    const named = groupName === undefined ? input.groupId : (await ensureGroup(db, { name: groupName }, tx)).id
    const groupId = isSystemAdmin ? null : await chooseGroup(work, 'admin', named)
    const token = newToken()
    const values = { name, tokenHash: hashSecret(token), groupId, role, isSystemAdmin }
    const row = await insertApiToken(db, { ...values, createdByUserId: caller.ownerUserId, expiresAt }, tx)
    const after = { name, role, groupId, isSystemAdmin, expiresAt }
    return { result: { row, token }, subject: `token/${String(row.id)}`, groupId, before: null, after }
  },
)
