import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from '../blobs/blob-store.ts'
import { fromFileSystem } from '../failure.ts'
import type { AdvertisedRef } from '../fetch/advertisement.ts'
import { fetchCommit } from '../fetch/fetch-commit.ts'
import { readBlob, readCommitHead, readRawTag } from '../fetch/object-store.ts'
import { resolveRef } from '../fetch/resolve-ref.ts'
import { DEFAULT_LIMITS, type FirmwareLimits } from '../limits.ts'
import { buildManifest } from '../manifest/build-manifest.ts'
import type { Manifest } from '../manifest/entry.ts'
import { readTree } from '../manifest/read-tree.ts'
import { openSession, type RepositorySettings } from './open-session.ts'
import { verifyTag, type TagSignature } from './verify-tag.ts'

/** A commit whose every file has been read, hashed and stored. */
export interface FetchedRelease extends Manifest {
  readonly commit: string
  /** Id of the annotated tag object, if one was requested. */
  readonly tagObject: string | null
  /** Full name of the branch or tag; `null` if a commit was requested by its id. */
  readonly refName: string | null
  /** First line of the commit message. */
  readonly subject: string
  readonly committedAt: Date
  /** Signature of the requested tag; `null` if no signers are configured, or no annotated tag was requested. */
  readonly signature: TagSignature | null
  /** Every branch and tag as the server listed it; shows whether a tag has moved. */
  readonly refs: readonly AdvertisedRef[]
}

/** The progress of a fetch. */
export type ReleaseProgress =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'receiving'; readonly bytes: number; readonly says: string | null }
  | { readonly phase: 'reading'; readonly files: number; readonly of: number }

/** What making a release needs. */
export interface ReleaseWork {
  readonly settings: RepositorySettings
  readonly blobs: BlobStore
  readonly ref: string
  readonly signal: AbortSignal
  /** @default {@link DEFAULT_LIMITS} */
  readonly limits?: Partial<FirmwareLimits>
  readonly onProgress?: (progress: ReleaseProgress) => void
}

const STALE_FOLDER_MS = 24 * 3600_000
const FOLDER_PREFIX = 'fetch-'

/**
 * Makes a release of a branch, a tag or a commit: fetches it into a new folder, reads and hashes every file of its
 * tree, stores the files by their hash, and deletes the folder.
 *
 * @throws {FirmwareError} with what to do; the signal's reason if aborted
 */
export async function makeRelease(work: ReleaseWork): Promise<FetchedRelease> {
  const { settings, blobs, ref, onProgress } = work
  const limits: FirmwareLimits = { ...DEFAULT_LIMITS, ...work.limits }
  const signal = AbortSignal.any([work.signal, AbortSignal.timeout(limits.totalMs)])
  onProgress?.({ phase: 'connecting' })
  const folder = await freshFolder(settings.base)
  try {
    const session = await openSession(settings, { limits, signal })
    try {
      const fetched = await fetchCommit({
        session,
        ref,
        folder,
        maxPackBytes: limits.packBytes,
        onTransfer: ({ bytes, says }) => onProgress?.({ phase: 'receiving', bytes, says }),
      })
      const { store, commit, tagObject, refName } = fetched
      const { signersFile = null } = settings
      const signature =
        signersFile === null || tagObject === null
          ? null
          : await verifyTag(await readRawTag(store, tagObject), signersFile)
      const head = await readCommitHead(store, commit)
      const reading = await readTree(store, head.tree, limits)
      const manifest = await buildManifest({
        reading,
        limits,
        readBlob: (oid) => {
          signal.throwIfAborted()
          return readBlob(store, oid)
        },
        keepBlob: (content) => blobs.put(content),
        onFile: (files, of) => onProgress?.({ phase: 'reading', files, of }),
      })
      const { subject, committedAt } = head
      const { refs } = session.advertisement
      return { ...manifest, commit, tagObject, refName, subject, committedAt, signature, refs }
    } finally {
      await session.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** What a name refers to, and where all names point at that moment. */
export interface LookedUpRef {
  readonly commit: string
  /** Full name, such as `refs/tags/v1`. */
  readonly refName: string
  /** Commits by full name. */
  readonly refs: ReadonlyMap<string, string>
}

/** Commits by full name; for an annotated tag, the commit it points to. */
export function commitsOf(refs: readonly AdvertisedRef[]): ReadonlyMap<string, string> {
  return new Map(refs.map(({ name, oid, peeled }) => [name, peeled ?? oid]))
}

/**
 * Asks the repository what a name refers to now, without fetching.
 *
 * @returns `null` if only the history could tell
 * @throws {FirmwareError}
 */
export async function lookUpRef(
  settings: RepositorySettings,
  ref: string,
  options: { readonly signal: AbortSignal; readonly limits?: Partial<FirmwareLimits> },
): Promise<LookedUpRef | null> {
  const limits: FirmwareLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const session = await openSession(settings, { limits, signal: options.signal })
  try {
    const { refs } = session.advertisement
    const resolved = resolveRef(refs, ref)
    if (resolved.kind !== 'tip') return null
    const { commit, refName } = resolved
    return { commit, refName, refs: commitsOf(refs) }
  } finally {
    await session.close()
  }
}

/** Creates a new folder, and deletes those that a killed process left behind over a day ago. */
async function freshFolder(base: string): Promise<string> {
  try {
    const parent = join(base, 'tmp')
    await mkdir(parent, { recursive: true, mode: 0o700 })
    for (const name of await readdir(parent)) {
      const path = join(parent, name)
      // oxlint-disable-next-line no-await-in-loop -- there are hardly any
      const age =
        Date.now() -
        (await stat(path).then(
          (found) => found.mtimeMs,
          () => Date.now(),
        ))
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (name.startsWith(FOLDER_PREFIX) && age > STALE_FOLDER_MS) await rm(path, { recursive: true, force: true })
    }
    return await mkdtemp(join(parent, FOLDER_PREFIX))
  } catch (error) {
    throw fromFileSystem(error)
  }
}
