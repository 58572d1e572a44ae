import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'

/** Puts new codes in the place of an account's old ones. */
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

/** Uses one up. @returns false where the account has no such code any more */
export async function useRecoveryCode(
  db: Database,
  args: { readonly userId: number; readonly codeHash: string },
  tx: Transaction,
): Promise<boolean> {
  return (await db.models.RecoveryCode.destroy({ where: { ...args }, transaction: tx })) > 0
}

/** How many an account has left. */
export function countRecoveryCodes(db: Database, args: { readonly userId: number }): Promise<number> {
  return db.models.RecoveryCode.count({ where: { userId: args.userId } })
}
