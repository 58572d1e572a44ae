import type { Sequelize } from 'sequelize'

import { isLockConflict } from './errors.ts'
import { type Ending, type MysqlConnection, mysqlStatements, type Statements } from './statements.ts'

/** Attempts in total for a transaction that lost a deadlock. */
const MAX_TRIES = 5

/** Retries `work` a few times if it lost a deadlock or a lock wait. */
export async function retryLockConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries >= MAX_TRIES || !isLockConflict(error)) throw error
      // Jitter, so that the two do not collide again.
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
  // The pool's connections are mysql2's; Sequelize types them only as "object".
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
      // Its state is unknown: the server rolls back what a closed connection left.
      await connectionManager.destroyConnection(given).catch(() => undefined)
    }
    throw error
  }
}
