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

/** A commit whose every file was read, hashed and kept. */
export interface FetchedRelease extends Manifest {
  readonly commit: string
  /** The annotated tag's own object, where one was asked for. */
  readonly tagObject: string | null
  /** Full name of the branch or tag; `null` when a commit was asked for by its id. */
  readonly refName: string | null
  /** First line of the commit's message. */
  readonly subject: string
  readonly committedAt: Date
  /** Of the tag that was asked for; `null` if no signers are configured, or no annotated tag was asked for. */
  readonly signature: TagSignature | null
  /** Every branch and tag as the server listed it: what tells a tag that moved. */
  readonly refs: readonly AdvertisedRef[]
}

/** How far a fetch is. */
export type ReleaseProgress =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'receiving'; readonly bytes: number; readonly says: string | null }
  | { readonly phase: 'reading'; readonly files: number; readonly of: number }

/** What a release is made with. */
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
 * Makes a release out of a branch, a tag or a commit: fetches it into a fresh folder, reads and hashes every file of its
 * tree, keeps the files by their hash, and throws the folder away.
 *
 * @throws {FirmwareError} with what to do; the signal's reason when it was called off
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

/** What a name stands for, and where all names stand at that moment. */
export interface LookedUpRef {
  readonly commit: string
  /** Full name, such as `refs/tags/v1`. */
  readonly refName: string
  /** Commits by full name. */
  readonly refs: ReadonlyMap<string, string>
}

/** Commits by full name; of an annotated tag the one that it was put on. */
export function commitsOf(refs: readonly AdvertisedRef[]): ReadonlyMap<string, string> {
  return new Map(refs.map(({ name, oid, peeled }) => [name, peeled ?? oid]))
}

/**
 * Asks the repository what a name stands for now, without fetching.
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

/** A folder nobody used before; those that a killed process left behind a day ago go. */
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
