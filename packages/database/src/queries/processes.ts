import type { Database } from '../database.ts'
import { changeRows, nowSql, selectRows } from './statement.ts'

/** A process silent for this long is considered dead. */
export const GONE_AFTER_SECONDS = 6
/** A process silent for longer left nothing that the slower sweeps have not found. */
const GONE_LATELY_SECONDS = 120
const FORGOTTEN_SECONDS = 86_400

/** The time this many seconds ago, by the database's own clock. */
export function agoSql(dialect: Database['dialect'], seconds: number): string {
  return dialect === 'mysql'
    ? `(UTC_TIMESTAMP(3) - INTERVAL ${seconds} SECOND)`
    : `strftime('%Y-%m-%d %H:%M:%f +00:00', 'now', '${-seconds} seconds')`
}

/**
 * An attempt of `o` is open, and the process that began it is dead. Attempts of earlier versions name no process:
 * nobody knows about those.
 */
export function holderIsGone(dialect: Database['dialect']): string {
  return `SELECT 1 FROM delivery_attempts g LEFT JOIN processes h ON h.id = g.process_id
    WHERE g.outbound_id = o.id AND g.finished_at IS NULL AND g.process_id IS NOT NULL
    AND (h.beat_at IS NULL OR h.beat_at < ${agoSql(dialect, GONE_AFTER_SECONDS)})`
}

/** Records a process's heartbeat. */
export async function beatProcess(db: Database, id: number): Promise<void> {
  const conflict =
    db.dialect === 'mysql'
      ? 'ON DUPLICATE KEY UPDATE beat_at = VALUES(beat_at)'
      : 'ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at'
  const sql = `INSERT INTO processes (id, beat_at) VALUES (?, ${nowSql(db.dialect)}) ${conflict}`
  await db.write((tx) => changeRows(db, sql, [id], tx))
}

/** Called when a process starts: deletes those that have long been silent. */
export async function forgetProcesses(db: Database): Promise<void> {
  const sql = `DELETE FROM processes WHERE beat_at < ${agoSql(db.dialect, FORGOTTEN_SECONDS)}`
  await db.write((tx) => changeRows(db, sql, [], tx))
}

/** Signs a process off, with nothing in flight. */
export async function leaveProcess(db: Database, id: number): Promise<void> {
  await db.write((tx) => changeRows(db, 'DELETE FROM processes WHERE id = ?', [id], tx))
}

/** Whether a process has recently fallen silent without signing off. */
export async function hasGoneProcess(db: Database): Promise<boolean> {
  const ago = (seconds: number): string => agoSql(db.dialect, seconds)
  const sql = `SELECT id FROM processes WHERE beat_at < ${ago(GONE_AFTER_SECONDS)}
    AND beat_at > ${ago(GONE_LATELY_SECONDS)} LIMIT 1`
  return (await selectRows(db, sql, [])).length > 0
}
