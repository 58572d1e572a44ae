import type { Sequelize } from 'sequelize'

import { isLockConflict } from './errors.ts'
import { type Ending, type MysqlConnection, mysqlStatements, type Statements } from './statements.ts'

/** Attempts in total for a transaction that lost a deadlock. */
const MAX_TRIES = 5

/** Runs `work` again, a few times, where it lost a deadlock or a lock wait. */
export async function retryLockConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries >= MAX_TRIES || !isLockConflict(error)) throw error
      // A little luck, so that the two that met do not meet again.
      await new Promise((done) => setTimeout(done, Math.random() * 20 * tries))
    }
  }
}

/** One transaction on a connection of the pool, without Sequelize in between. */
export async function inMysqlTransaction<T>(
  { sequelize, canReturn }: { readonly sequelize: Sequelize; readonly canReturn: boolean },
  work: (sql: Statements) => Promise<Ending<T>>,
): Promise<T> {
  const { connectionManager } = sequelize
  const given = await connectionManager.getConnection({ type: 'write' })
  // The pool's connections are mysql2's; Sequelize's type says no more than "object".
  const sql = mysqlStatements(given as MysqlConnection, canReturn)
  try {
    const { last, answer } = await work(sql)
    const result = answer(await sql.finish(last))
    connectionManager.releaseConnection(given)
    return result
  } catch (error) {
    try {
      await sql.run('ROLLBACK', [])
      connectionManager.releaseConnection(given)
    } catch {
      // Nobody knows what state it is in: the server rolls back what a closed connection left.
      await connectionManager.destroyConnection(given).catch(() => undefined)
    }
    throw error
  }
}
