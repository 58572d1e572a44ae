import {
  findFailedRelease,
  findOpenRelease,
  findRelease,
  findReleaseByCommit,
  insertRelease,
  type ReleaseRow,
  reopenRelease,
} from '@paikea/database'
import { operation, type Deed, type Idle, type Work } from '../operation.ts'
import { refuseConflict, refuseForbidden, refuseUnknown } from '../refusal.ts'
import { scopeOf } from '../caller.ts'

/** A release that was asked for. */
export interface RequestedRelease {
  readonly release: ReleaseRow
  /** A row was made for it; else it was there, or is being fetched already. */
  readonly isNew: boolean
}

/** Digits of a commit's id from which on a release is found by them. */
const LEAST_DIGITS = 7

/**
 * Asks for a release. A commit is one release: who asks for one that is there, or on its way, gets that one. A fetch that
 * failed or was called off begins anew.
 *
 * @throws Refusal `forbidden`
 */
export const requestRelease = operation<
  {
    readonly ref: string
    /** Where the name stands now, as far as the repository could be asked. */
    readonly commit: string | null
  },
  RequestedRelease
>(
  'firmware.release-requested',
  async (work, { ref, commit }): Promise<Deed<RequestedRelease> | Idle<RequestedRelease>> => {
    const { db, caller, tx, now } = work
    requireAnywhere(work)
    const id = commit ?? idIn(ref)
    const known = id === null ? null : await findReleaseByCommit(db, { commit: id }, tx)
    if (known !== null) return { result: { release: known, isNew: false }, subject: null }
    const open = await findOpenRelease(db, { ref }, tx)
    if (open !== null) return { result: { release: open, isNew: false }, subject: null }
    const failed = await findFailedRelease(db, { ref }, tx)
    if (failed !== null) {
      await reopenRelease(db, { id: failed.id, now }, tx)
      return deed(await reload(work, failed.id), false, { state: failed.state })
    }
    const made = await insertRelease(db, { ref, requestedBy: caller.actor, now }, tx)
    return deed(await reload(work, made), true, null)
  },
)

/** Releases belong to no group: whoever operates one may ask for them. @throws Refusal `forbidden` */
export function requireAnywhere({ caller }: Pick<Work, 'caller'>): void {
  const scope = scopeOf(caller, 'operator')
  if ('groupIds' in scope && scope.groupIds.length === 0) throw refuseForbidden('This needs the role "operator".')
}

/** Reads a release, for an operation on it. @throws Refusal `not-found` */
export async function reload({ db, tx }: Pick<Work, 'db' | 'tx'>, id: number): Promise<ReleaseRow> {
  const release = await findRelease(db, { id }, tx)
  if (release === null) throw refuseUnknown('release')
  return release
}

/** @throws Refusal `wrong-state` */
export function requireFetching(release: ReleaseRow): void {
  if (release.state === 'fetching' || release.state === 'parked') return
  throw refuseConflict('wrong-state', `The release is ${release.state}.`)
}

function idIn(ref: string): string | null {
  const id = ref.toLowerCase()
  return id.length >= LEAST_DIGITS && /^[0-9a-f]{7,40}$/u.test(id) ? id : null
}

function deed(
  release: ReleaseRow,
  isNew: boolean,
  before: Readonly<Record<string, unknown>> | null,
): Deed<RequestedRelease> {
  const after = { ref: release.ref, state: release.state }
  return { result: { release, isNew }, subject: `release/${release.id}`, groupId: null, before, after }
}
