import type { Sequelize } from 'sequelize'

import { WriteLookError } from '../connection/errors.ts'
import type { MysqlConnection } from '../connection/statements.ts'

/**
 * Matches no rows, so no row is locked and nothing changes; but the server checks the table lock, the privilege, and
 * whether it may write.
 */
const WRITE = [
  'START TRANSACTION',
  // The tables a message is written to.
  'UPDATE inbound_messages SET copies = copies WHERE id = 0',
  'UPDATE modems SET claimed = claimed WHERE id = 0',
  'UPDATE reports SET has_fix = has_fix WHERE id = 0',
  'UPDATE device_states SET last_fix_at = last_fix_at WHERE device_id = 0',
  'ROLLBACK',
].join(';')

/**
 * A write without effect. It cannot detect a full disk: the server has reserved room for so little.
 *
 * @param sequelize with one connection that accepts several statements at once and does not wait long for a table
 */
export async function lookAtMysql(sequelize: Sequelize, signal: AbortSignal): Promise<void> {
  const { connectionManager } = sequelize
  const given = await connectionManager.getConnection({ type: 'write' })
  try {
    signal.throwIfAborted()
    // The pool's connections are mysql2's; Sequelize types them only as "object".
    await Promise.race([send(given as MysqlConnection), timeUp(signal)])
    connectionManager.releaseConnection(given)
  } catch (error) {
    // In mid-transaction, or silent: the server rolls back what a closed connection left.
    await connectionManager.destroyConnection(given).catch(() => undefined)
    throw error
  }
}

function send(connection: MysqlConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query({ sql: WRITE, values: [] }, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** A response nobody needs any more is still awaited: it comes soon, and the connection can be reused. */
function timeUp(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        if (signal.reason instanceof WriteLookError) reject(signal.reason)
      },
      { once: true },
    )
  })
}
