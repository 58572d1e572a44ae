import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { inWrite, reading } from './scope.ts'

/** Whom an identity provider means. */
export interface IdentityName {
  readonly issuer: string
  readonly subject: string
}

/** An identity as its owner sees it. */
export interface IdentityRow extends IdentityName {
  readonly id: number
  readonly userId: number
  readonly createdAt: Date
}

/** A log-in at the provider that is under way. */
export interface SignInRow {
  readonly secretHash: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly userId: number | null
  readonly expiresAt: Date
}

/** Begins one, and sweeps those away that nobody came back from. */
export function insertSignIn(db: Database, args: SignInRow & { readonly now: Date }): Promise<void> {
  return inWrite(db, undefined, async (transaction) => {
    const { now, ...row } = args
    await db.models.SignIn.destroy({ where: { expiresAt: { [Op.lt]: now } }, transaction })
    await db.models.SignIn.create(row, { transaction })
  })
}

/** Takes one, once; `null` if it is unknown, was taken already, or is over. */
export function takeSignIn(
  db: Database,
  args: { readonly secretHash: string; readonly now: Date },
): Promise<SignInRow | null> {
  return inWrite(db, undefined, async (transaction) => {
    const where = { secretHash: args.secretHash }
    const row = await db.models.SignIn.findOne({ where, transaction })
    if (row === null || (await db.models.SignIn.destroy({ where, transaction })) === 0) return null
    return row.expiresAt > args.now ? row.get({ plain: true }) : null
  })
}

/** Whose account an identity opens; `null` if it opens none. */
export async function findIdentity(db: Database, args: IdentityName, tx?: Transaction): Promise<IdentityRow | null> {
  const { issuer, subject } = args
  const row = await db.models.Identity.findOne({ where: { issuer, subject }, ...reading(tx) })
  return row?.get({ plain: true }) ?? null
}

/** Lets an identity open an account. @throws UniqueConstraintError if it opens another one */
export async function insertIdentity(
  db: Database,
  args: IdentityName & { readonly userId: number },
  tx: Transaction,
): Promise<void> {
  await db.models.Identity.create({ ...args }, { transaction: tx })
}

/** Those of an account. */
export async function listIdentities(db: Database, args: { readonly userId: number }): Promise<readonly IdentityRow[]> {
  const rows = await db.models.Identity.findAll({ where: { userId: args.userId }, order: [['id', 'DESC']] })
  return rows.map((row) => row.get({ plain: true }))
}

/** Takes one away. @returns whether it was there */
export async function deleteIdentity(
  db: Database,
  args: { readonly userId: number; readonly id: number },
  tx: Transaction,
): Promise<boolean> {
  return (await db.models.Identity.destroy({ where: { ...args }, transaction: tx })) > 0
}
