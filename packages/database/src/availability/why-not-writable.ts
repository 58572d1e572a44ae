import { chainOf, codeOf, isUnavailable, WriteLookError, WriteQueueError } from '../connection/errors.ts'

/**
 * Why nothing can be written: the database is unreachable (`unreachable`), does not respond in time (`no-answer`), is
 * held by another writer (`locked`), declares itself read-only (`read-only`), has no room (`full`), has no tables yet
 * (`no-tables`), has tables not checked since it is back (`not-prepared`), denies permission (`no-right`), or its file
 * is damaged or its disk fails (`broken`).
 */
export type WriteFault =
  | 'unreachable'
  | 'no-answer'
  | 'locked'
  | 'read-only'
  | 'full'
  | 'no-tables'
  | 'not-prepared'
  | 'no-right'
  | 'broken'
  | 'unknown'

const FAULTS = new Map<string, WriteFault>([
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_LOCKED', 'locked'],
  ['ER_LOCK_WAIT_TIMEOUT', 'locked'],
  ['SQLITE_READONLY', 'read-only'],
  ['ER_OPTION_PREVENTS_STATEMENT', 'read-only'],
  ['ER_OPEN_AS_READONLY', 'read-only'],
  ['ER_READ_ONLY_MODE', 'read-only'],
  ['ER_INNODB_READ_ONLY', 'read-only'],
  ['SQLITE_FULL', 'full'],
  ['ER_DISK_FULL', 'full'],
  ['ER_RECORD_FILE_FULL', 'full'],
  ['ER_NO_SUCH_TABLE', 'no-tables'],
  ['DATABASE_NOT_PREPARED', 'not-prepared'],
  ['ER_TABLEACCESS_DENIED_ERROR', 'no-right'],
  ['ER_COLUMNACCESS_DENIED_ERROR', 'no-right'],
  ['SQLITE_IOERR', 'broken'],
  ['SQLITE_CORRUPT', 'broken'],
  ['SQLITE_NOTADB', 'broken'],
])

/** Classifies the failure of `tryWrite`. */
export function whyNotWritable(error: unknown): WriteFault {
  for (const at of chainOf(error)) {
    const fault = FAULTS.get(codeOf(at))
    if (fault !== undefined) return fault
    if (at instanceof WriteLookError || at instanceof WriteQueueError) return 'no-answer'
    // SQLite has no separate code for it.
    if (at.message.startsWith('SQLITE_ERROR: no such table')) return 'no-tables'
  }
  return isUnavailable(error) ? 'unreachable' : 'unknown'
}
