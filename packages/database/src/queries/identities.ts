import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { inWrite, reading } from './scope.ts'

/** A user as an identity provider names them. */
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

/** A sign-in at the provider in progress. */
export interface SignInRow {
  readonly secretHash: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly userId: number | null
  readonly expiresAt: Date
}

/** Creates one, and deletes expired ones. */
export function insertSignIn(db: Database, args: SignInRow & { readonly now: Date }): Promise<void> {
  return inWrite(db, undefined, async (transaction) => {
    const { now, ...row } = args
    await db.models.SignIn.destroy({ where: { expiresAt: { [Op.lt]: now } }, transaction })
    await db.models.SignIn.create(row, { transaction })
  })
}

/** Takes one, only once; `null` if it is unknown, already taken, or expired. */
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

/** The account that an identity opens; `null` if none. */
export async function findIdentity(db: Database, args: IdentityName, tx?: Transaction): Promise<IdentityRow | null> {
  const { issuer, subject } = args
  const row = await db.models.Identity.findOne({ where: { issuer, subject }, ...reading(tx) })
  return row?.get({ plain: true }) ?? null
}

/** Links an identity to an account. @throws UniqueConstraintError if it is linked to another one */
export async function insertIdentity(
  db: Database,
  args: IdentityName & { readonly userId: number },
  tx: Transaction,
): Promise<void> {
  await db.models.Identity.create({ ...args }, { transaction: tx })
}

/** An account's identities. */
export async function listIdentities(db: Database, args: { readonly userId: number }): Promise<readonly IdentityRow[]> {
  const rows = await db.models.Identity.findAll({ where: { userId: args.userId }, order: [['id', 'DESC']] })
  return rows.map((row) => row.get({ plain: true }))
}

/** Unlinks one. @returns whether it existed */
export async function deleteIdentity(
  db: Database,
  args: { readonly userId: number; readonly id: number },
  tx: Transaction,
): Promise<boolean> {
  return (await db.models.Identity.destroy({ where: { ...args }, transaction: tx })) > 0
}
