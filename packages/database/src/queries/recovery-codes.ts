import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'

/** Replaces an account's codes. */
export async function replaceRecoveryCodes(
  db: Database,
  args: { readonly userId: number; readonly codeHashes: readonly string[] },
  tx: Transaction,
): Promise<void> {
  const { userId, codeHashes } = args
  await db.models.RecoveryCode.destroy({ where: { userId }, transaction: tx })
  await db.models.RecoveryCode.bulkCreate(
    codeHashes.map((codeHash) => ({ userId, codeHash })),
    { transaction: tx },
  )
}

/** Uses up a code. @returns false if the account has no such code (any more) */
export async function useRecoveryCode(
  db: Database,
  args: { readonly userId: number; readonly codeHash: string },
  tx: Transaction,
): Promise<boolean> {
  return (await db.models.RecoveryCode.destroy({ where: { ...args }, transaction: tx })) > 0
}

/** How many codes an account has left. */
export function countRecoveryCodes(db: Database, args: { readonly userId: number }): Promise<number> {
  return db.models.RecoveryCode.count({ where: { userId: args.userId } })
}
