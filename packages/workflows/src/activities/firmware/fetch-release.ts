import {
  findRelease,
  findReleaseByCommit,
  finishRelease,
  noteRefs,
  noteReleaseProgress,
  settleRelease,
  type Transaction,
} from '@paikea/database'
import { commitsOf, FirmwareError, makeRelease, type FetchedRelease, type ReleaseProgress } from '@paikea/firmware'
import { Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common'
import type { FirmwareDeps, ReleaseStep } from './firmware-deps.ts'

const FIRST_PAUSE_MS = 5000
const LONGEST_PAUSE_MS = 10 * 60_000
const PROGRESS_EVERY_MS = 1000

/** Builds the release of a row. Transient errors are thrown, to be retried; every other outcome is a result. */
export async function fetchRelease(deps: FirmwareDeps, releaseId: number): Promise<ReleaseStep> {
  const { db } = deps
  const row = await findRelease(db, { id: releaseId })
  if (row === null) return over('missing')
  if (row.state === 'cancelled' || row.state === 'duplicate') return over(row.state)
  if (row.state === 'ready') return over('ready', row.commit, row.fileCount, row.totalBytes)
  if (row.state === 'failed')
    return { step: 'failed', code: row.reason?.code ?? 'failed', detail: row.reason?.detail ?? '' }
  try {
    return await keep(deps, releaseId, await make(deps, releaseId, row.ref))
  } catch (error) {
    if (error instanceof FirmwareError) return await settle(deps, releaseId, error)
    throw error
  }
}

async function make(deps: FirmwareDeps, releaseId: number, ref: string): Promise<FetchedRelease> {
  const { db, settings, blobs, limits = {}, log, onRelease } = deps
  const context = Context.current()
  let notedAt = 0
  const note = (progress: ReleaseProgress): void => {
    context.heartbeat(progress)
    const now = Date.now()
    const isWorthIt = progress.phase === 'connecting' || now - notedAt >= PROGRESS_EVERY_MS
    if (!isWorthIt) return
    notedAt = now
    noteReleaseProgress(db, { id: releaseId, progress: { ...progress }, now: new Date(now) }).then(
      () => onRelease?.(releaseId),
      (error: unknown) => log.warn('firmware.progress-not-written', { error: String(error) }),
    )
  }
  // A stalled transfer reports no progress: keep the heartbeat going until the transfer's own time-out ends it.
  const beat = setInterval(() => context.heartbeat(), 5000)
  try {
    return await makeRelease({ settings, blobs, ref, signal: context.cancellationSignal, limits, onProgress: note })
  } catch (error) {
    if (context.cancellationSignal.aborted) throw new CancelledFailure('the fetch was cancelled')
    throw error
  } finally {
    clearInterval(beat)
  }
}

/** Stores the release; if its commit already is another release, the row only points to that one. */
async function keep(deps: FirmwareDeps, releaseId: number, made: FetchedRelease): Promise<ReleaseStep> {
  const { db, onRelease } = deps
  const now = new Date()
  const refs = commitsOf(made.refs)
  const outcome = await db.write(async (tx: Transaction) => {
    const same = await findReleaseByCommit(db, { commit: made.commit }, tx)
    if (same !== null && same.id !== releaseId) {
      if (made.refName !== null) await noteRefs(db, { refs, led: { name: made.refName, releaseId: same.id }, now }, tx)
      await settleRelease(db, { id: releaseId, state: 'duplicate', sameAsId: same.id, now }, tx)
      return 'duplicate' as const
    }
    const { refName, commit, tagObject, subject, committedAt, totalBytes, flashBytes, files } = made
    const isKept = await finishRelease(
      db,
      {
        id: releaseId,
        refName,
        commit,
        tagObject,
        signature: made.signature?.state ?? null,
        signer: made.signature?.signer ?? null,
        subject,
        committedAt,
        totalBytes,
        flashBytes,
        files,
        now,
      },
      tx,
    )
    if (!isKept) return 'cancelled' as const
    const led = refName === null ? {} : { led: { name: refName, releaseId } }
    await noteRefs(db, { refs, ...led, now }, tx)
    return 'ready' as const
  })
  onRelease?.(releaseId)
  return over(outcome, made.commit, made.files.length, made.totalBytes)
}

async function settle(deps: FirmwareDeps, releaseId: number, error: FirmwareError): Promise<ReleaseStep> {
  const { db, onRelease, log, retryPauses } = deps
  const { firstMs, longestMs } = retryPauses ?? { firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS }
  const { code, message: detail, whatToDo, reaction, problems } = error
  const now = new Date()
  const { attempt } = Context.current().info
  const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(20, attempt - 1))
  const state = reaction === 'retry' ? 'fetching' : reaction === 'park' ? 'parked' : 'failed'
  const nextTryAt = reaction === 'retry' ? new Date(now.getTime() + pauseMs) : null
  const reason = { code, detail, whatToDo }
  log.warn('firmware.release-not-made', { releaseId, code, reaction, detail })
  await db.write((tx) => settleRelease(db, { id: releaseId, state, reason, problems, nextTryAt, now }, tx))
  onRelease?.(releaseId)
  if (reaction === 'park') return { step: 'parked', reason: code, what: detail, whatToDo }
  if (reaction === 'refuse') return { step: 'failed', code, detail: `${detail} ${whatToDo}` }
  throw ApplicationFailure.create({
    type: code,
    message: `${detail} ${whatToDo}`,
    nextRetryDelay: pauseMs,
    category: ApplicationFailureCategory.BENIGN,
  })
}

function over(
  state: 'ready' | 'duplicate' | 'cancelled' | 'missing',
  commit: string | null = null,
  files: number | null = null,
  bytes: number | null = null,
): ReleaseStep {
  return { step: 'over', state, commit, files, bytes }
}
