import { type Database, listReleaseFiles } from '@paikea/database'
import { toDevicePath, writeMetadata } from '@paikea/firmware/wire'

/** A release as served. Immutable. */
export interface ShelvedRelease {
  readonly metadata: string
  readonly total: number
  /** By the path that devices request. */
  readonly files: ReadonlyMap<string, { readonly index: number; readonly sha256: string }>
}

/** Caches the releases being served; each is read once. */
export interface ReleaseShelf {
  take(releaseId: number): Promise<ShelvedRelease>
}

const MAX_RELEASES = 16

/** Creates the cache. */
export function createReleaseShelf(db: Database): ReleaseShelf {
  const shelf = new Map<number, Promise<ShelvedRelease>>()
  async function read(releaseId: number): Promise<ShelvedRelease> {
    const files = await listReleaseFiles(db, { releaseId })
    const entries = files.map(({ path, sha256 }, index) => [toDevicePath(path), { index, sha256 }] as const)
    return { metadata: writeMetadata(files), total: files.length, files: new Map(entries) }
  }
  return {
    take(releaseId) {
      const known = shelf.get(releaseId)
      if (known !== undefined) return known
      const reading = read(releaseId)
      shelf.set(releaseId, reading)
      // The next caller retries a failed read.
      reading.catch(() => shelf.delete(releaseId))
      for (const oldest of shelf.keys()) {
        if (shelf.size <= MAX_RELEASES) break
        shelf.delete(oldest)
      }
      return reading
    },
  }
}
