import type { Transaction } from 'sequelize'

import type { Database } from '../database.ts'
import { countChanged } from './statement.ts'
import { inWrite, reading } from './scope.ts'

/** The second factor of an account. */
export interface SecondFactorRow {
  /** Base32. */
  readonly secret: string
  /** Since when it is required; `null` until its owner has entered a code. */
  readonly since: Date | null
}

/** The second factor of an account; `null` if it has none. */
export async function loadSecondFactor(
  db: Database,
  args: { readonly userId: number },
  tx?: Transaction,
): Promise<SecondFactorRow | null> {
  const row = await db.models.User.findOne({ where: { id: args.userId }, ...reading(tx) })
  return row === null || row.totpSecret === null ? null : { secret: row.totpSecret, since: row.totpSince }
}

/** Sets or removes it, along with its recovery codes. */
export function saveSecondFactor(
  db: Database,
  args: { readonly userId: number; readonly factor: SecondFactorRow | null },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    const { userId, factor } = args
    const values = { totpSecret: factor?.secret ?? null, totpSince: factor?.since ?? null, totpLastStep: null }
    await db.models.User.update(values, { where: { id: userId }, transaction })
    if (factor === null) await db.models.RecoveryCode.destroy({ where: { userId }, transaction })
  })
}

/** Uses up the code of a time step. @returns false if that one or a later one was already used */
export async function useSecondFactorStep(
  db: Database,
  args: { readonly userId: number; readonly step: number },
  tx: Transaction,
): Promise<boolean> {
  const { userId, step } = args
  const sql = 'UPDATE users SET totp_last_step = ? WHERE id = ? AND (totp_last_step IS NULL OR totp_last_step < ?)'
  return (await countChanged(db, sql, [step, userId, step], tx)) > 0
}
