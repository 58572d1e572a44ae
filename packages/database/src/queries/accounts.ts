import { Op, type Transaction } from 'sequelize'
import type { Database, GroupScope } from '../database.ts'
import type { Role } from '@paikea/domain'
import { inWrite, reading } from './scope.ts'

/** Someone who logs in. */
export interface UserRow {
  readonly id: number
  readonly email: string
  readonly displayName: string
  readonly passwordHash: string
  readonly isSystemAdmin: boolean
  readonly disabledAt: Date | null
  /** Since when logging in requires a code; `null`: it does not. */
  readonly totpSince: Date | null
  readonly createdAt: Date
}

/** A role in a group. */
export interface MembershipRow {
  readonly groupId: number
  readonly role: Role
}

/** A group by its name. */
export interface GroupRow {
  readonly id: number
  readonly name: string
}

/** E-mail addresses are compared case-insensitively. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase()
}

/** How many user accounts exist. */
export function countUsers(db: Database, _args: object = {}, tx?: Transaction): Promise<number> {
  return db.models.User.count(tx === undefined ? {} : { transaction: tx })
}

/** A user by e-mail, including disabled ones. */
export async function findUserByEmail(
  db: Database,
  args: { readonly email: string },
  tx?: Transaction,
): Promise<UserRow | null> {
  const row = await db.models.User.findOne({ where: { email: normaliseEmail(args.email) }, ...reading(tx) })
  return row === null ? null : toUserRow(row)
}

/** A user by id, including disabled ones. */
export async function findUserById(
  db: Database,
  args: { readonly id: number },
  tx?: Transaction,
): Promise<UserRow | null> {
  const row = await db.models.User.findOne({ where: { id: args.id }, ...reading(tx) })
  return row === null ? null : toUserRow(row)
}

/**
 * Creates an account.
 *
 * @throws UniqueConstraintError if the e-mail is taken
 */
export function insertUser(
  db: Database,
  args: {
    readonly email: string
    readonly passwordHash: string
    readonly displayName: string
    readonly isSystemAdmin?: boolean
    readonly memberships?: readonly MembershipRow[]
  },
  tx?: Transaction,
): Promise<UserRow> {
  return inWrite(db, tx, async (transaction) => {
    const user = await db.models.User.create(
      {
        email: normaliseEmail(args.email),
        passwordHash: args.passwordHash,
        displayName: args.displayName,
        isSystemAdmin: args.isSystemAdmin ?? false,
      },
      { transaction },
    )
    const memberships = (args.memberships ?? []).map(({ groupId, role }) => ({ userId: user.id, groupId, role }))
    if (memberships.length > 0) await db.models.Membership.bulkCreate(memberships, { transaction })
    return toUserRow(user)
  })
}

/** Sets a new password and ends all sessions of that user, except one to keep. */
export function updatePassword(
  db: Database,
  args: { readonly userId: number; readonly passwordHash: string; readonly exceptSessionId?: number | null },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { userId, passwordHash, exceptSessionId = null } = args
    await db.models.User.update({ passwordHash }, { where: { id: userId }, transaction })
    await db.models.Session.destroy({ where: { userId, id: { [Op.ne]: exceptSessionId ?? -1 } }, transaction })
  })
}

/** A user's role in each group. */
export async function listMemberships(
  db: Database,
  args: { readonly userId: number },
  tx?: Transaction,
): Promise<readonly MembershipRow[]> {
  const rows = await db.models.Membership.findAll({ where: { userId: args.userId }, ...reading(tx) })
  return rows.map(({ groupId, role }) => ({ groupId, role }))
}

/** The group of that name, created if it does not exist. */
export function ensureGroup(db: Database, args: { readonly name: string }, tx?: Transaction): Promise<GroupRow> {
  return inWrite(db, tx, async (transaction) => {
    const { name } = args
    await db.models.Group.bulkCreate([{ name }], { ignoreDuplicates: true, transaction })
    const row = await db.models.Group.findOne({ where: { name }, transaction, rejectOnEmpty: true })
    return { id: row.id, name: row.name }
  })
}

/** The groups a caller may see, oldest first. */
export async function listGroups(
  db: Database,
  args: { readonly scope: GroupScope },
  tx?: Transaction,
): Promise<readonly GroupRow[]> {
  const where = 'all' in args.scope ? {} : { id: [...args.scope.groupIds] }
  const rows = await db.models.Group.findAll({ where, order: [['id', 'ASC']], ...reading(tx) })
  return rows.map(({ id, name }) => ({ id, name }))
}

/** A user as stored, without what must not be given out. */
export function toUserRow(row: UserRow): UserRow {
  const { id, email, displayName, passwordHash, disabledAt, totpSince, createdAt } = row
  const isSystemAdmin = Boolean(row.isSystemAdmin)
  return { id, email, displayName, passwordHash, isSystemAdmin, disabledAt, totpSince, createdAt }
}
