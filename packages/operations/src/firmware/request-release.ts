import {
  findFailedRelease,
  findOpenRelease,
  findRelease,
  findReleaseByCommit,
  insertRelease,
  noteRefs,
  type ReleaseRow,
  reopenRelease,
} from '@paikea/database'
import { operation, type Change, type NoChange, type Work } from '../operation.ts'
import { refuseConflict, refuseForbidden, refuseUnknown } from '../refusal.ts'
import { scopeOf } from '../caller.ts'

/** A requested release. */
export interface RequestedRelease {
  readonly release: ReleaseRow
  /** True if a row was created for it; otherwise it existed or was already being fetched. */
  readonly isNew: boolean
}

/** What a name in the repository refers to. */
export interface StandingRef {
  readonly commit: string
  /** Full name, such as `refs/tags/v1`. */
  readonly refName: string
  /** Commits of all names, by full name. */
  readonly refs: ReadonlyMap<string, string>
}

/** How many digits of a commit's id suffice to find its release. */
const LEAST_DIGITS = 7

/**
 * Requests a release. A commit is one release: requesting one that exists or is being fetched returns it. A failed or
 * cancelled fetch starts again.
 *
 * @throws Refusal `forbidden`
 */
export const requestRelease = operation<
  {
    readonly ref: string
    /** What this name and all others point to now; `null` if the repository could not be asked. */
    readonly stands: StandingRef | null
  },
  RequestedRelease
>(
  'firmware.release-requested',
  async (work, { ref, stands }): Promise<Change<RequestedRelease> | NoChange<RequestedRelease>> => {
    const { db, caller, tx, now } = work
    requireAnywhere(work)
    const id = stands?.commit ?? idIn(ref)
    const known = id === null ? null : await findReleaseByCommit(db, { commit: id }, tx)
    if (known !== null && stands !== null) {
      const { refName, refs } = stands
      // Nothing is fetched, so this is the only chance to record that a name leads here too, or has moved.
      await noteRefs(db, { refs, led: { name: refName, releaseId: known.id }, now }, tx)
    }
    if (known !== null) return { result: { release: known, isNew: false }, subject: null }
    const open = await findOpenRelease(db, { ref }, tx)
    if (open !== null) return { result: { release: open, isNew: false }, subject: null }
    const failed = await findFailedRelease(db, { ref }, tx)
    if (failed !== null) {
      await reopenRelease(db, { id: failed.id, now }, tx)
      return change(await reload(work, failed.id), false, { state: failed.state })
    }
    const made = await insertRelease(db, { ref, requestedBy: caller.actor, now }, tx)
    return change(await reload(work, made), true, null)
  },
)

/** Releases belong to no group: an operator of any group may request them. @throws Refusal `forbidden` */
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

function change(
  release: ReleaseRow,
  isNew: boolean,
  before: Readonly<Record<string, unknown>> | null,
): Change<RequestedRelease> {
  const after = { ref: release.ref, state: release.state }
  return { result: { release, isNew }, subject: `release/${release.id}`, groupId: null, before, after }
}
