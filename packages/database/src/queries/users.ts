import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import { type MembershipRow, toUserRow, type UserRow } from './accounts.ts'
import { inWrite, reading, usersIn } from './scope.ts'

/** A user, and their roles in the groups visible to the caller. */
export interface UserWithRoles {
  readonly user: UserRow
  readonly memberships: readonly MembershipRow[]
}

/** Accounts with a role in one of these groups, newest first; callers who see all groups also see accounts without one. */
export async function listUsers(
  db: Database,
  args: { readonly scope: GroupScope; readonly limit: number; readonly afterId: number | null },
  tx?: Transaction,
): Promise<readonly UserWithRoles[]> {
  const { scope, limit, afterId } = args
  const users = await db.models.User.findAll({
    where: { [Op.and]: [usersIn(scope), afterId === null ? {} : { id: { [Op.lt]: afterId } }] },
    order: [['id', 'DESC']],
    limit,
    ...reading(tx),
  })
  return await withRoles(db, { scope, users }, tx)
}

/** One account, if it has a role in one of these groups. */
export async function findUser(
  db: Database,
  args: { readonly scope: GroupScope; readonly id: number },
  tx?: Transaction,
): Promise<UserWithRoles | null> {
  const { scope, id } = args
  const where = { [Op.and]: [usersIn(scope), { id }] }
  const users = await db.models.User.findAll({ where, limit: 1, ...reading(tx) })
  return (await withRoles(db, { scope, users }, tx))[0] ?? null
}

/** System administrators who may log in. */
export function countSystemAdmins(db: Database, _args: object, tx?: Transaction): Promise<number> {
  return db.models.User.count({ where: { isSystemAdmin: true, disabledAt: null }, ...reading(tx) })
}

/** Changes an account. Disabling it ends its sessions. */
export function updateUser(
  db: Database,
  args: {
    readonly id: number
    readonly values: Partial<Pick<UserRow, 'displayName' | 'isSystemAdmin' | 'disabledAt'>>
  },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { id, values } = args
    await db.models.User.update(values, { where: { id }, transaction })
    if (values.disabledAt != null) await db.models.Session.destroy({ where: { userId: id }, transaction })
  })
}

/** Sets a user's role in a group; `null` removes it. */
export function setMembership(
  db: Database,
  args: { readonly userId: number; readonly groupId: number; readonly role: MembershipRow['role'] | null },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { userId, groupId, role } = args
    await db.models.Membership.destroy({ where: { userId, groupId }, transaction })
    if (role !== null) await db.models.Membership.create({ userId, groupId, role }, { transaction })
  })
}

async function withRoles(
  db: Database,
  { scope, users }: { readonly scope: GroupScope; readonly users: readonly UserRow[] },
  tx: Transaction | undefined,
): Promise<readonly UserWithRoles[]> {
  const where = {
    userId: users.map(({ id }) => id),
    ...('all' in scope ? {} : { groupId: [...scope.groupIds] }),
  }
  const rows = users.length === 0 ? [] : await db.models.Membership.findAll({ where, ...reading(tx) })
  return users.map((user) => ({
    user: toUserRow(user),
    memberships: rows.filter(({ userId }) => userId === user.id).map(({ groupId, role }) => ({ groupId, role })),
  }))
}
