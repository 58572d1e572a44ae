import { BaseError } from 'sequelize'

/** Driver codes for a server that is down, not ready yet, or gone. */
const OUT_OF_REACH_CODES = new Set([
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
  // Galera: "WSREP has not yet prepared node for application use".
  'ER_UNKNOWN_COM_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
])

/** Driver codes that concern the connection or a lock, not the statement. */
const UNAVAILABLE_CODES = new Set([
  ...OUT_OF_REACH_CODES,
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_INNODB_READ_ONLY',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
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

/** A transaction waited too long for its turn among this process's writers. */
export class WriteQueueError extends Error {
  readonly code = 'DATABASE_WRITE_QUEUE'
  override readonly name = 'WriteQueueError'
}

/** The database did not accept a write in time, without saying why. */
export class WriteLookError extends Error {
  readonly code = 'DATABASE_TAKES_NO_WRITE'
  override readonly name = 'WriteLookError'
}

/** This process has not checked the tables yet. */
export class NotPreparedError extends Error {
  readonly code = 'DATABASE_NOT_PREPARED'
  override readonly name = 'NotPreparedError'
}

/** `close()` was called. */
export class DatabaseClosedError extends Error {
  readonly code = 'DATABASE_CLOSED'
  override readonly name = 'DatabaseClosedError'
}

/**
 * Whether retrying later may help: true if the database is down, full, locked or closed; false if the statement itself
 * is at fault.
 */
export function isUnavailable(error: unknown): boolean {
  return chainOf(error).some(
    (at) =>
      at instanceof WriteQueueError ||
      at instanceof WriteLookError ||
      at instanceof NotPreparedError ||
      at instanceof DatabaseClosedError ||
      CONNECTION_ERROR_NAMES.test(at.name) ||
      UNAVAILABLE_CODES.has(codeOf(at)) ||
      /connection manager was closed|closed state|SQLITE_MISUSE: Database is closed/i.test(at.message),
  )
}

/** The driver's code if no database server responds or is ready at the moment; `null` if one refuses. */
export function outOfReachCode(error: unknown): string | null {
  // System errors, such as for a missing file, have the same codes: only Sequelize's concern a database.
  if (!(error instanceof BaseError)) return null
  return (
    chainOf(error)
      .map(codeOf)
      .find((code) => OUT_OF_REACH_CODES.has(code)) ?? null
  )
}

/** Driver codes that concern the values of a statement. */
const DATA_CODES = new Set([
  'ER_BAD_NULL_ERROR',
  'ER_CANNOT_CONVERT_CHARACTER',
  'ER_CHECK_CONSTRAINT_VIOLATED',
  'ER_CONSTRAINT_FAILED',
  'ER_DATA_OUT_OF_RANGE',
  'ER_DATA_TOO_LONG',
  'ER_DUP_ENTRY',
  'ER_ILLEGAL_VALUE_FOR_TYPE',
  'ER_INVALID_CHARACTER_STRING',
  'ER_NET_PACKET_TOO_LARGE',
  'ER_NO_REFERENCED_ROW',
  'ER_NO_REFERENCED_ROW_2',
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'ER_WRONG_VALUE',
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
  'SQLITE_TOOBIG',
  'WARN_DATA_TRUNCATED',
])

/**
 * Whether the data to be written is at fault: the database says so of its values, or our own code failed on it. An
 * unknown database error is not the data's fault: the tables may be of another version.
 */
export function isFaultOfData(error: unknown): boolean {
  const codes = chainOf(error).map(codeOf)
  return codes.every((code) => code === '' || code.startsWith('ERR_')) || codes.some((code) => DATA_CODES.has(code))
}

/** The error and its causes, outermost first. */
export function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = []
  for (let at: unknown = error; isError(at) && chain.length < 5;) {
    chain.push(at)
    at = at instanceof BaseError && 'parent' in at ? at.parent : at.cause
  }
  return chain
}

/** By shape: a driver's error may come from another realm. */
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
}

/** Whether the transaction lost a conflict with another one and can be retried at once. */
export function isLockConflict(error: unknown): boolean {
  const code = error instanceof BaseError && 'parent' in error ? codeOf(error.parent) : codeOf(error)
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT' || code === 'ER_CHECKREAD'
}

/** The driver's code, or nothing. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}
