import { Op, type Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { findUserById, listMemberships, type MembershipRow, type UserRow } from './accounts.ts'
import { inWrite, reading } from './scope.ts'

/** A browser session, with its user and the user's current permissions. */
export interface SessionRow {
  readonly id: number
  readonly csrfToken: string
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  /** How the session began; `null` for sessions older than this column. */
  readonly method: string | null
  readonly user: UserRow
  readonly memberships: readonly MembershipRow[]
}

/** Creates a session and deletes that user's expired ones. */
export function insertSession(
  db: Database,
  args: {
    readonly userId: number
    readonly tokenHash: string
    readonly csrfToken: string
    readonly expiresAt: Date
    readonly address: string | null
    readonly userAgent: string | null
    readonly method: string
  },
  tx?: Transaction,
): Promise<number> {
  return inWrite(db, tx, async (transaction) => {
    const { userId } = args
    await db.models.Session.destroy({ where: { userId, expiresAt: { [Op.lt]: new Date() } }, transaction })
    return (await db.models.Session.create({ ...args }, { transaction })).id
  })
}

/** The session of a cookie, if it is valid and its user is not disabled. */
export async function findSession(
  db: Database,
  args: { readonly tokenHash: string; readonly now: Date },
  tx?: Transaction,
): Promise<SessionRow | null> {
  const where = { tokenHash: args.tokenHash, expiresAt: { [Op.gt]: args.now } }
  const row = await db.models.Session.findOne({ where, ...reading(tx) })
  if (row === null) return null
  const [user, memberships] = await Promise.all([
    findUserById(db, { id: row.userId }, tx),
    listMemberships(db, { userId: row.userId }, tx),
  ])
  if (user === null || user.disabledAt !== null) return null
  const { id, csrfToken, createdAt, lastSeenAt, expiresAt, method } = row
  return { id, csrfToken, createdAt, lastSeenAt, expiresAt, method, user, memberships }
}

/** A session as its owner sees it. */
export interface OwnSessionRow {
  readonly id: number
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly address: string | null
  readonly userAgent: string | null
  /** How the session began; `null` for sessions older than this column. */
  readonly method: string | null
}

/** A user's valid sessions, newest first. */
export async function listSessions(
  db: Database,
  args: { readonly userId: number; readonly now: Date },
  tx?: Transaction,
): Promise<readonly OwnSessionRow[]> {
  const where = { userId: args.userId, expiresAt: { [Op.gt]: args.now } }
  const rows = await db.models.Session.findAll({ where, order: [['id', 'DESC']], ...reading(tx) })
  return rows.map(({ id, createdAt, lastSeenAt, expiresAt, address, userAgent, method }) => {
    return { id, createdAt, lastSeenAt, expiresAt, address, userAgent, method }
  })
}

/** Ends sessions of a user: one of them, or all but one. @returns how many */
export function deleteSessionsOf(
  db: Database,
  args:
    { readonly userId: number; readonly id: number } | { readonly userId: number; readonly exceptId: number | null },
  tx: Transaction,
): Promise<number> {
  const { userId } = args
  const id = 'id' in args ? args.id : { [Op.ne]: args.exceptId ?? -1 }
  return db.models.Session.destroy({ where: { userId, id }, transaction: tx })
}

/** Records that a session is in use. */
export function touchSession(
  db: Database,
  args: { readonly id: number; readonly now: Date; readonly expiresAt: Date },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { id, now, expiresAt } = args
    await db.models.Session.update({ lastSeenAt: now, expiresAt }, { where: { id }, transaction })
  })
}

/** Ends a session. */
export function deleteSession(db: Database, args: { readonly id: number }, tx?: Transaction): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Session.destroy({ where: { id: args.id }, transaction })
  })
}
