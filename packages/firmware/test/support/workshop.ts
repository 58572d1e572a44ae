import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  FirmwareError,
  makeRelease,
  openBlobStore,
  type BlobStore,
  type FetchedRelease,
  type FirmwareLimits,
  type ReleaseProgress,
  type RepositorySettings,
} from '@paikea/firmware'

/** A firmware folder of its own, and releases made into it. */
export interface Workshop {
  readonly base: string
  readonly blobs: BlobStore
  make(
    repository: string,
    ref: string,
    options?: Partial<RepositorySettings> & {
      readonly limits?: Partial<FirmwareLimits>
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: ReleaseProgress) => void
    },
  ): Promise<FetchedRelease>
  /** The failure a fetch ends with. @throws Error when it does not fail so */
  fail(...args: Parameters<Workshop['make']>): Promise<FirmwareError>
  remove(): Promise<void>
}

/** Opens it, by default in a temporary folder. */
export function openWorkshop(base = mkdtempSync(join(tmpdir(), 'paikea-firmware-'))): Workshop {
  const blobs = openBlobStore(base)
  const make: Workshop['make'] = async (repository, ref, options = {}) => {
    const { limits = {}, signal = new AbortController().signal, onProgress, ...settings } = options
    return await makeRelease({
      settings: { repository, base, ...settings },
      blobs,
      ref,
      signal,
      limits,
      ...(onProgress === undefined ? {} : { onProgress }),
    })
  }
  return {
    base,
    blobs,
    make,
    async fail(...args) {
      try {
        await make(...args)
      } catch (error) {
        if (error instanceof FirmwareError) return error
        throw error
      }
      throw new Error('it did not fail')
    },
    remove: () => rm(base, { recursive: true, force: true }),
  }
}

/** Every file of a release, read back from the store. */
export async function readBack(release: FetchedRelease, blobs: BlobStore): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const file of release.files) files[file.path] = (await blobs.get(file.sha256)).toString()
  return files
}
