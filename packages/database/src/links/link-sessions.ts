import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { readRow } from '../firmware/row.ts'
import { changeRows, countChanged, selectRows } from '../queries/statement.ts'

/** One connection of a device, from open to close. */
export interface LinkSessionRow {
  readonly id: number
  readonly openedAt: Date
  readonly closedAt: Date | null
  readonly closeReason: string | null
  readonly entries: number
  readonly bytes: number
  /** The record reached its size limit: later frames were not recorded. */
  readonly isCut: boolean
}

/** A chunk of a link's recording: one JSON object per line. */
export interface LinkChunkRow {
  readonly id: number
  readonly text: string
}

/** Starts the record of a connection. */
export function beginLinkSession(
  db: Database,
  args: { readonly deviceId: number; readonly linkId: string; readonly openedAt: Date },
  tx: Transaction,
): Promise<void> {
  return changeRows(
    db,
    'INSERT INTO link_sessions (device_id, link_id, opened_at, entries, bytes, is_cut) VALUES (?, ?, ?, 0, 0, 0)',
    [args.deviceId, args.linkId, args.openedAt],
    tx,
  )
}

/** Appends to the record of a connection. */
export async function appendLinkChunk(
  db: Database,
  args: {
    readonly linkId: string
    readonly fromAt: Date
    readonly toAt: Date
    readonly entries: number
    readonly text: string
    readonly isCut: boolean
  },
  tx: Transaction,
): Promise<void> {
  const { linkId, fromAt, toAt, entries, text, isCut } = args
  await changeRows(
    db,
    `INSERT INTO link_chunks (session_id, from_at, to_at, entries, text)
     SELECT id, ?, ?, ?, ? FROM link_sessions WHERE link_id = ?`,
    [fromAt, toAt, entries, text, linkId],
    tx,
  )
  await changeRows(
    db,
    'UPDATE link_sessions SET entries = entries + ?, bytes = bytes + ?, is_cut = ? WHERE link_id = ?',
    [entries, Buffer.byteLength(text), isCut ? 1 : 0, linkId],
    tx,
  )
}

/** Ends the record of a connection. */
export function endLinkSession(
  db: Database,
  args: { readonly linkId: string; readonly closedAt: Date; readonly reason: string },
  tx: Transaction,
): Promise<void> {
  return changeRows(
    db,
    'UPDATE link_sessions SET closed_at = ?, close_reason = ? WHERE link_id = ? AND closed_at IS NULL',
    [args.closedAt, args.reason.slice(0, 200), args.linkId],
    tx,
  )
}

/** A device's connections, newest first. The caller has found the device within its scope. */
export async function listLinkSessions(
  db: Database,
  args: { readonly deviceId: number; readonly limit: number; readonly beforeId: number | null },
): Promise<readonly LinkSessionRow[]> {
  const { deviceId, limit, beforeId } = args
  const rows = await selectRows(
    db,
    `SELECT id, opened_at, closed_at, close_reason, entries, bytes, is_cut FROM link_sessions
     WHERE device_id = ? ${beforeId === null ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === null ? [deviceId] : [deviceId, beforeId],
  )
  return rows.map((raw) => readSession(raw))
}

/** One of a device's connections. */
export async function findLinkSession(
  db: Database,
  args: { readonly deviceId: number; readonly id: number },
): Promise<LinkSessionRow | null> {
  const [raw] = await selectRows(
    db,
    `SELECT id, opened_at, closed_at, close_reason, entries, bytes, is_cut FROM link_sessions
     WHERE device_id = ? AND id = ?`,
    [args.deviceId, args.id],
  )
  return raw === undefined ? null : readSession(raw)
}

/** The recorded traffic of a connection, in order. */
export async function listLinkChunks(
  db: Database,
  args: { readonly sessionId: number; readonly afterId: number; readonly limit: number },
): Promise<readonly LinkChunkRow[]> {
  const rows = await selectRows(
    db,
    `SELECT id, text FROM link_chunks WHERE session_id = ? AND id > ? ORDER BY id LIMIT ${Math.trunc(args.limit)}`,
    [args.sessionId, args.afterId],
  )
  return rows.map((raw) => {
    const row = readRow('link_chunks', raw)
    return { id: row.number('id'), text: row.text('text') }
  })
}

/** Deletes records of connections that began before a time, oldest first, with their chunks. @returns how many */
export function deleteLinkSessions(
  db: Database,
  args: { readonly before: Date; readonly limit: number },
): Promise<number> {
  const { before, limit } = args
  return db.write((tx) =>
    countChanged(
      db,
      `DELETE FROM link_sessions WHERE id IN
         (SELECT id FROM (SELECT id FROM link_sessions WHERE opened_at < ? ORDER BY opened_at LIMIT ?) AS old)`,
      [before, limit],
      tx,
    ),
  )
}

function readSession(raw: Readonly<Record<string, unknown>>): LinkSessionRow {
  const row = readRow('link_sessions', raw)
  return {
    id: row.number('id'),
    openedAt: row.time('opened_at'),
    closedAt: row.timeOrNull('closed_at'),
    closeReason: row.textOrNull('close_reason'),
    entries: row.number('entries'),
    bytes: row.number('bytes'),
    isCut: row.flag('is_cut'),
  }
}
