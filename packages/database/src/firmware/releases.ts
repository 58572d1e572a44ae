import { RELEASE_STATES, type ReleaseState } from '@paikea/domain'
import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { changeRows, countChanged, selectRows } from '../queries/statement.ts'
import { insertRow } from './insert-row.ts'
import { readRow } from './row.ts'

/** A reason in words, with its code and what to do about it. */
export interface ReasonRow {
  readonly code: string
  readonly detail: string
  readonly whatToDo: string | null
}

/** A release, ready or in preparation. */
export interface ReleaseRow {
  readonly id: number
  /** As requested. */
  readonly ref: string
  readonly refName: string | null
  readonly commit: string | null
  readonly tagObject: string | null
  readonly signature: string | null
  readonly signer: string | null
  readonly subject: string | null
  readonly committedAt: Date | null
  readonly state: ReleaseState
  readonly sameAsId: number | null
  readonly reason: ReasonRow | null
  /** JSON of the problems found in the commit. */
  readonly problems: unknown
  /** JSON of the fetch's progress. */
  readonly progress: unknown
  readonly tries: number
  readonly nextTryAt: Date | null
  readonly fileCount: number | null
  readonly totalBytes: number | null
  /** Bytes in flash blocks on a device. */
  readonly flashBytes: number | null
  readonly requestedBy: string
  readonly workflowId: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly readyAt: Date | null
}

/** Maximum length of the columns' texts. */
const REASON_CHARACTERS = 600
const PROGRESS_CHARACTERS = 300

/** Creates a release. @throws UniqueConstraintError if a fetch of this ref is open */
export async function insertRelease(
  db: Database,
  args: { readonly ref: string; readonly requestedBy: string; readonly now: Date },
  tx: Transaction,
): Promise<number> {
  const { ref, requestedBy, now } = args
  return await insertRow(
    db,
    'firmware_releases',
    { ref, open_ref: ref, state: 'fetching', requested_by: requestedBy, created_at: now, updated_at: now },
    tx,
  )
}

/** Releases, newest first. */
export async function listReleases(
  db: Database,
  args: { readonly limit: number; readonly afterId: number | null; readonly state?: ReleaseState | undefined },
): Promise<readonly ReleaseRow[]> {
  const { limit, afterId, state } = args
  const conditions = [...(afterId === null ? [] : ['id < ?']), ...(state === undefined ? [] : ['state = ?'])]
  const values = [...(afterId === null ? [] : [afterId]), ...(state === undefined ? [] : [state])]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = await selectRows(db, `SELECT * FROM firmware_releases ${where} ORDER BY id DESC LIMIT ?`, [
    ...values,
    limit,
  ])
  return rows.map(toRelease)
}

/** One release. */
export async function findRelease(
  db: Database,
  args: { readonly id: number },
  tx?: Transaction,
): Promise<ReleaseRow | null> {
  const [row] = await selectRows(db, 'SELECT * FROM firmware_releases WHERE id = ?', [args.id], tx)
  return row === undefined ? null : toRelease(row)
}

/** The release of a commit; for an abbreviated id, the only one with that prefix. */
export async function findReleaseByCommit(
  db: Database,
  args: { readonly commit: string },
  tx?: Transaction,
): Promise<ReleaseRow | null> {
  const { commit } = args
  if (!/^[0-9a-f]{4,40}$/u.test(commit)) return null
  const rows = await selectRows(
    db,
    'SELECT * FROM firmware_releases WHERE commit_id LIKE ? LIMIT 2',
    [`${commit}%`],
    tx,
  )
  return rows.length === 1 && rows[0] !== undefined ? toRelease(rows[0]) : null
}

/** The fetch of a ref that is running or parked. */
export async function findOpenRelease(
  db: Database,
  args: { readonly ref: string },
  tx?: Transaction,
): Promise<ReleaseRow | null> {
  const [row] = await selectRows(db, 'SELECT * FROM firmware_releases WHERE open_ref = ?', [args.ref], tx)
  return row === undefined ? null : toRelease(row)
}

/** The newest failed release of a ref, which a new request fetches again. */
export async function findFailedRelease(
  db: Database,
  args: { readonly ref: string },
  tx?: Transaction,
): Promise<ReleaseRow | null> {
  const sql = `SELECT * FROM firmware_releases WHERE ref = ? AND state IN ('failed','cancelled') ORDER BY id DESC LIMIT 1`
  const [row] = await selectRows(db, sql, [args.ref], tx)
  return row === undefined ? null : toRelease(row)
}

/** The outcome of a fetch; omitted fields stay unchanged. */
export interface ReleaseOutcome {
  readonly state: ReleaseState
  readonly reason?: ReasonRow | null
  readonly problems?: readonly unknown[]
  readonly sameAsId?: number
  readonly nextTryAt?: Date | null
}

/** Records the state of a fetch. @returns whether the release was being fetched or parked */
export async function settleRelease(
  db: Database,
  args: ReleaseOutcome & { readonly id: number; readonly now: Date },
  tx: Transaction,
): Promise<boolean> {
  const { id, state, reason = null, problems, sameAsId = null, nextTryAt = null, now } = args
  const isOpen = state === 'fetching' || state === 'parked'
  const changed = await countChanged(
    db,
    `UPDATE firmware_releases SET state = ?, reason_code = ?, reason_detail = ?, what_to_do = ?, problems = ?, same_as_id = ?,
       next_try_at = ?, tries = tries + ?, open_ref = ${isOpen ? 'ref' : 'NULL'}, progress = NULL, updated_at = ?
     WHERE id = ? AND state IN ('fetching','parked')`,
    [
      state,
      ...reasonValues(reason),
      problems === undefined ? null : JSON.stringify(problems),
      sameAsId,
      nextTryAt,
      reason === null ? 0 : 1,
      now,
      id,
    ],
    tx,
  )
  return changed > 0
}

/** Restarts a failed or cancelled fetch. @returns whether it could */
export async function reopenRelease(
  db: Database,
  args: { readonly id: number; readonly now: Date },
  tx: Transaction,
): Promise<boolean> {
  const changed = await countChanged(
    db,
    `UPDATE firmware_releases SET state = 'fetching', open_ref = ref, reason_code = NULL, reason_detail = NULL, what_to_do = NULL,
       problems = NULL, next_try_at = NULL, workflow_started_at = NULL, updated_at = ?
     WHERE id = ? AND state IN ('failed','cancelled')`,
    [args.now, args.id],
    tx,
  )
  return changed > 0
}

/** Records the progress of a fetch, and nothing else. */
export async function noteReleaseProgress(
  db: Database,
  args: { readonly id: number; readonly progress: Readonly<Record<string, unknown>>; readonly now: Date },
): Promise<void> {
  const progress = JSON.stringify(args.progress)
  if (progress.length > PROGRESS_CHARACTERS) return
  await db.write((tx) =>
    changeRows(
      db,
      `UPDATE firmware_releases SET progress = ?, state = 'fetching', reason_code = NULL, reason_detail = NULL, what_to_do = NULL,
         next_try_at = NULL, updated_at = ? WHERE id = ? AND state IN ('fetching','parked')`,
      [progress, args.now, args.id],
      tx,
    ),
  )
}

/** What makes a release ready. */
export interface ReadyRelease {
  readonly id: number
  readonly refName: string | null
  readonly commit: string
  readonly tagObject: string | null
  readonly signature: string | null
  readonly signer: string | null
  readonly subject: string
  readonly committedAt: Date
  readonly totalBytes: number
  readonly flashBytes: number
  readonly files: readonly {
    readonly path: string
    readonly bytes: number
    readonly sha1: string
    readonly sha256: string
  }[]
  readonly now: Date
}

const FILES_IN_ONE_STATEMENT = 150

/** Makes a release ready, with its files. @throws UniqueConstraintError if another release has the commit */
export async function finishRelease(db: Database, release: ReadyRelease, tx: Transaction): Promise<boolean> {
  const { id, files, now } = release
  const changed = await countChanged(
    db,
    `UPDATE firmware_releases SET state = 'ready', open_ref = NULL, ref_name = ?, commit_id = ?, tag_object = ?, signature = ?,
       signer = ?, subject = ?, committed_at = ?, total_bytes = ?, flash_bytes = ?, file_count = ?, reason_code = NULL,
       reason_detail = NULL, what_to_do = NULL, problems = NULL, progress = NULL, next_try_at = NULL, ready_at = ?, updated_at = ?
     WHERE id = ? AND state IN ('fetching','parked')`,
    [
      release.refName,
      release.commit,
      release.tagObject,
      release.signature,
      release.signer,
      release.subject,
      release.committedAt,
      release.totalBytes,
      release.flashBytes,
      files.length,
      now,
      now,
      id,
    ],
    tx,
  )
  if (changed === 0) return false
  await changeRows(db, 'DELETE FROM firmware_files WHERE release_id = ?', [id], tx)
  for (let at = 0; at < files.length; at += FILES_IN_ONE_STATEMENT) {
    const some = files.slice(at, at + FILES_IN_ONE_STATEMENT)
    await changeRows(
      db,
      `INSERT INTO firmware_files (release_id, path, bytes, sha1, sha256) VALUES ${some.map(() => '(?,?,?,?,?)').join(',')}`,
      some.flatMap(({ path, bytes, sha1, sha256 }) => [id, path, bytes, sha1, sha256]),
      tx,
    )
  }
  return true
}

function reasonValues(reason: ReasonRow | null): readonly (string | null)[] {
  if (reason === null) return [null, null, null]
  const { code, detail, whatToDo } = reason
  return [code, detail.slice(0, REASON_CHARACTERS), whatToDo?.slice(0, REASON_CHARACTERS) ?? null]
}

function toRelease(raw: Parameters<typeof readRow>[1]): ReleaseRow {
  const row = readRow('firmware_releases', raw)
  const code = row.textOrNull('reason_code')
  return {
    id: row.number('id'),
    ref: row.text('ref'),
    refName: row.textOrNull('ref_name'),
    commit: row.textOrNull('commit_id'),
    tagObject: row.textOrNull('tag_object'),
    signature: row.textOrNull('signature'),
    signer: row.textOrNull('signer'),
    subject: row.textOrNull('subject'),
    committedAt: row.timeOrNull('committed_at'),
    state: row.oneOf('state', RELEASE_STATES),
    sameAsId: row.numberOrNull('same_as_id'),
    reason:
      code === null
        ? null
        : { code, detail: row.textOrNull('reason_detail') ?? '', whatToDo: row.textOrNull('what_to_do') },
    problems: row.jsonOrNull('problems'),
    progress: row.jsonOrNull('progress'),
    tries: row.number('tries'),
    nextTryAt: row.timeOrNull('next_try_at'),
    fileCount: row.numberOrNull('file_count'),
    totalBytes: row.numberOrNull('total_bytes'),
    flashBytes: row.numberOrNull('flash_bytes'),
    requestedBy: row.text('requested_by'),
    workflowId: row.textOrNull('workflow_id'),
    createdAt: row.time('created_at'),
    updatedAt: row.time('updated_at'),
    readyAt: row.timeOrNull('ready_at'),
  }
}
