import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromFileSystem } from '../failure.ts'

/** A stored file no longer matches its hash: the disk is faulty, or someone changed it. */
export class BlobDamagedError extends Error {
  override readonly name = 'BlobDamagedError'
}

/** Content-addressed file store by SHA-256; each file is kept once, whatever release it belongs to. */
export interface BlobStore {
  /** Writes a file so that a power cut leaves all of it or nothing. @returns its SHA-256. @throws {FirmwareError} */
  put(content: Uint8Array): Promise<string>
  /** @throws {BlobDamagedError} if the content does not match its hash; the system's own error if it is missing */
  get(sha256: string): Promise<Buffer>
}

const HASH = /^[0-9a-f]{64}$/u

/** Opens the store in `<base>/blobs`. Verified content is cached in memory, up to a bound. */
export function openBlobStore(base: string, options: { readonly memoryBytes?: number } = {}): BlobStore {
  const { memoryBytes = 16 * 1024 * 1024 } = options
  const memory = new Map<string, Buffer>()
  let held = 0
  const pathOf = (sha256: string): string => join(base, 'blobs', sha256.slice(0, 2), sha256)

  function remember(sha256: string, content: Buffer): void {
    if (content.length > memoryBytes / 4) return
    memory.set(sha256, content)
    held += content.length
    // Oldest first: a Map keeps insertion order.
    for (const [oldest, bytes] of memory) {
      if (held <= memoryBytes) break
      memory.delete(oldest)
      held -= bytes.length
    }
  }

  async function isWhole(path: string, sha256: string): Promise<boolean> {
    try {
      return hash(await readFile(path)) === sha256
    } catch {
      return false
    }
  }

  return {
    async put(content) {
      const sha256 = hash(content)
      const path = pathOf(sha256)
      if (await isWhole(path, sha256)) return sha256
      const folder = join(base, 'blobs', sha256.slice(0, 2))
      const draft = join(folder, `.${sha256}.${randomUUID()}`)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeDurably(draft, content)
        await rename(draft, path)
        await syncFolder(folder)
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined)
        throw fromFileSystem(error)
      }
      return sha256
    },
    async get(sha256) {
      if (!HASH.test(sha256)) throw new RangeError('not a SHA-256')
      const known = memory.get(sha256)
      if (known !== undefined) return known
      const content = await readFile(pathOf(sha256))
      if (hash(content) !== sha256) throw new BlobDamagedError(`The stored file ${sha256} is damaged.`)
      if (!memory.has(sha256)) remember(sha256, content)
      return content
    },
  }
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
