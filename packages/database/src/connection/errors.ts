import { BaseError } from 'sequelize'

/** Codes of the drivers that speak of the connection or of a lock, not of the statement. */
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ESOCKET',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_NO_SUCH_TABLE',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_CANTOPEN',
  'SQLITE_IOERR',
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT',
])

const CONNECTION_ERROR_NAMES = /^Sequelize(?:Connection|Host|AccessDenied|InvalidConnection|Timeout)/

/** A transaction waited too long for its turn among the writers of this process. */
export class WriteQueueError extends Error {
  readonly code = 'DATABASE_WRITE_QUEUE'
  override readonly name = 'WriteQueueError'
}

/** `close()` was called before. */
export class DatabaseClosedError extends Error {
  readonly code = 'DATABASE_CLOSED'
  override readonly name = 'DatabaseClosedError'
}

/** True where trying the same again later may help: the database is away, full, locked or closed; false where this statement is at fault. */
export function isUnavailable(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth += 1) {
    if (at instanceof WriteQueueError || at instanceof DatabaseClosedError || CONNECTION_ERROR_NAMES.test(at.name))
      return true
    if (UNAVAILABLE_CODES.has(codeOf(at))) return true
    if (/connection manager was closed|closed state|SQLITE_MISUSE: Database is closed/i.test(at.message)) return true
    at = at instanceof BaseError && 'parent' in at ? at.parent : at.cause
  }
  return false
}

/** True where the transaction lost against another one and can be run again at once. */
export function isLockConflict(error: unknown): boolean {
  const code = error instanceof BaseError && 'parent' in error ? codeOf(error.parent) : codeOf(error)
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT' || code === 'ER_CHECKREAD'
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}
