import { Op, type Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { reading } from './scope.ts'

/** Creates a link; earlier ones of that user become invalid. */
export async function insertPasswordReset(
  db: Database,
  args: { readonly userId: number; readonly tokenHash: string; readonly expiresAt: Date },
  tx: Transaction,
): Promise<void> {
  const { userId } = args
  await db.models.PasswordReset.destroy({ where: { userId }, transaction: tx })
  await db.models.PasswordReset.create({ ...args }, { transaction: tx })
}

/** The user whose password a token may set; `null` if it is unknown, used or expired. */
export async function findPasswordReset(
  db: Database,
  args: { readonly tokenHash: string; readonly now: Date },
  tx?: Transaction,
): Promise<{ readonly userId: number } | null> {
  const where = { tokenHash: args.tokenHash, expiresAt: { [Op.gt]: args.now } }
  const row = await db.models.PasswordReset.findOne({ where, ...reading(tx) })
  return row === null ? null : { userId: row.userId }
}

/** Deletes all links of a user. @returns how many there were */
export function deletePasswordResets(
  db: Database,
  args: { readonly userId: number },
  tx: Transaction,
): Promise<number> {
  return db.models.PasswordReset.destroy({ where: { userId: args.userId }, transaction: tx })
}
