import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromFileSystem } from '../failure.ts'

/** A stored file is not what it was: the disk or someone changed it. */
export class BlobDamagedError extends Error {
  override readonly name = 'BlobDamagedError'
}

/** Files by their SHA-256, each kept once, whatever release it belongs to. */
export interface BlobStore {
  /** Writes it so that a power cut leaves the whole file or none. @returns its SHA-256. @throws {FirmwareError} */
  put(content: Uint8Array): Promise<string>
  /** @throws {BlobDamagedError} when what is read has another hash; the system's own error when it is gone */
  get(sha256: string): Promise<Buffer>
}

const HASH = /^[0-9a-f]{64}$/u

/** Opens the store in `<base>/blobs`. What was read and found right is kept in memory, up to a bound. */
export function openBlobStore(base: string, options: { readonly memoryBytes?: number } = {}): BlobStore {
  const { memoryBytes = 16 * 1024 * 1024 } = options
  const memory = new Map<string, Buffer>()
  let held = 0
  const pathOf = (sha256: string): string => join(base, 'blobs', sha256.slice(0, 2), sha256)

  function remember(sha256: string, content: Buffer): void {
    if (content.length > memoryBytes / 4) return
    memory.set(sha256, content)
    held += content.length
    // The oldest go first: a Map keeps the order of insertion.
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
