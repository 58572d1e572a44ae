import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { changeRows, selectRows } from '../queries/statement.ts'
import { readRow } from './row.ts'

/** A file of a release. */
export interface ReleaseFileRow {
  readonly path: string
  readonly bytes: number
  readonly sha1: string
  readonly sha256: string
}

/** A branch or tag that led to a release. */
export interface ReleaseRefRow {
  readonly releaseId: number
  readonly name: string
  readonly seenAt: Date
  /** Where it points now, if that has changed; otherwise `null`. */
  readonly movedTo: string | null
  readonly movedAt: Date | null
}

/** Value of `movedTo` for a branch or tag that is gone. */
export const GONE = '0'.repeat(40)

/** A release's files, sorted by path. */
export async function listReleaseFiles(
  db: Database,
  args: { readonly releaseId: number },
): Promise<readonly ReleaseFileRow[]> {
  const sql = 'SELECT path, bytes, sha1, sha256 FROM firmware_files WHERE release_id = ? ORDER BY path'
  const rows = await selectRows(db, sql, [args.releaseId])
  return rows.map((raw) => {
    const row = readRow('firmware_files', raw)
    return { path: row.text('path'), bytes: row.number('bytes'), sha1: row.text('sha1'), sha256: row.text('sha256') }
  })
}

/** The branches and tags that led to these releases. */
export async function listReleaseRefs(
  db: Database,
  args: { readonly releaseIds: readonly number[] },
): Promise<readonly ReleaseRefRow[]> {
  if (args.releaseIds.length === 0) return []
  const sql = `SELECT release_id, name, seen_at, moved_to, moved_at FROM firmware_refs WHERE release_id IN (?) ORDER BY name`
  const rows = await selectRows(db, sql, [args.releaseIds])
  return rows.map((raw) => {
    const row = readRow('firmware_refs', raw)
    return {
      releaseId: row.number('release_id'),
      name: row.text('name'),
      seenAt: row.time('seen_at'),
      movedTo: row.textOrNull('moved_to'),
      movedAt: row.timeOrNull('moved_at'),
    }
  })
}

/**
 * Records where branches and tags point now: those that led to a release but have moved are marked; those that point to
 * a release's commit lead to it from now on, if they were requested.
 */
export async function noteRefs(
  db: Database,
  args: {
    readonly refs: ReadonlyMap<string, string>
    /** The requested name, and the release it leads to. */
    readonly led?: { readonly name: string; readonly releaseId: number } | undefined
    readonly now: Date
  },
  tx: Transaction,
): Promise<void> {
  const { refs, led, now } = args
  if (led !== undefined) {
    const known = await selectRows(
      db,
      'SELECT id FROM firmware_refs WHERE release_id = ? AND name = ?',
      [led.releaseId, led.name],
      tx,
    )
    if (known.length === 0) {
      await changeRows(
        db,
        'INSERT INTO firmware_refs (release_id, name, seen_at) VALUES (?, ?, ?)',
        [led.releaseId, led.name, now],
        tx,
      )
    }
  }
  const rows = await selectRows(
    db,
    `SELECT f.id, f.name, f.moved_to, r.commit_id FROM firmware_refs f JOIN firmware_releases r ON r.id = f.release_id
     WHERE r.commit_id IS NOT NULL`,
    [],
    tx,
  )
  for (const raw of rows) {
    const row = readRow('firmware_refs', raw)
    const stands = refs.get(row.text('name')) ?? GONE
    const movedTo = stands === row.text('commit_id') ? null : stands
    if (movedTo === row.textOrNull('moved_to')) continue
    await changeRows(
      db,
      'UPDATE firmware_refs SET moved_to = ?, moved_at = ? WHERE id = ?',
      [movedTo, movedTo === null ? null : now, row.number('id')],
      tx,
    )
  }
}
