/** The flash is littlefs: a file takes whole blocks, a folder what the device counts as 16 KiB. */
const BLOCK_BYTES = 4096
const FOLDER_BYTES = 16_384
/** The size on the boards at sea. */
const FLASH_BYTES = 4 * 1024 * 1024

/** The flash ran full during a write. */
export class FlashFullError extends Error {
  override readonly name = 'FlashFullError'
}

/** A stored flash: paths with their content in base64. */
export type KeptFlash = Readonly<Record<'files' | 'fresh' | 'backup', Readonly<Record<string, string>>>> & {
  readonly bytes: number
}

/** A device's flash: the tree it runs, with `/new` and `/backup` beside it. Paths start with `./`. */
export class Flash {
  #files: Map<string, Buffer>
  #fresh = new Map<string, Buffer>()
  #backup = new Map<string, Buffer>()
  readonly #bytes: number

  constructor(files: ReadonlyMap<string, Buffer> = FACTORY_FILES, bytes = FLASH_BYTES) {
    this.#files = new Map(files)
    this.#bytes = bytes
  }

  /** Restores a stored flash. @throws TypeError if the data is invalid */
  static revive(kept: unknown): Flash {
    const { bytes, files, fresh, backup }: Record<string, unknown> = { ...Object(kept) }
    if (typeof bytes !== 'number') throw new TypeError('not a flash')
    const flash = new Flash(readTree(files), bytes)
    flash.#fresh = readTree(fresh)
    flash.#backup = readTree(backup)
    return flash
  }

  keep(): KeptFlash {
    const [files = {}, fresh = {}, backup = {}] = [this.#files, this.#fresh, this.#backup].map(keepTree)
    return { bytes: this.#bytes, files, fresh, backup }
  }

  get files(): ReadonlyMap<string, Buffer> {
    return this.#files
  }

  /** Files in `/new`. */
  get freshCount(): number {
    return this.#fresh.size
  }

  freeBytes(): number {
    const used = [this.#files, this.#fresh, this.#backup].reduce((sum, tree) => sum + blocksOf(tree), 0)
    return Math.max(0, this.#bytes - used)
  }

  /** Writes a file into `/new`. @throws FlashFullError */
  write(path: string, content: Buffer): void {
    this.#fresh.set(path, content)
    if (this.freeBytes() > 0) return
    this.#fresh.delete(path)
    throw new FlashFullError('no space left on the flash')
  }

  clearFresh(): void {
    this.#fresh.clear()
  }

  /** Installs the new tree: old folders move into `/backup`, old files in the root stay unless replaced. */
  install(): void {
    this.#backup = new Map([...this.#files].filter(([path]) => !isAtTop(path)))
    this.#files = new Map([...[...this.#files].filter(([path]) => isAtTop(path)), ...this.#fresh])
    this.#fresh.clear()
  }
}

function blocksOf(tree: ReadonlyMap<string, Buffer>): number {
  if (tree.size === 0) return 0
  const folders = new Set(['.'])
  let bytes = 0
  for (const [path, content] of tree) {
    bytes += Math.max(1, Math.ceil(content.length / BLOCK_BYTES)) * BLOCK_BYTES
    for (let at = path.indexOf('/', 2); at !== -1; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at))
  }
  return bytes + folders.size * FOLDER_BYTES
}

function keepTree(tree: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries([...tree].map(([path, content]) => [path, content.toString('base64')]))
}

function readTree(kept: unknown): Map<string, Buffer> {
  return new Map(Object.entries(Object(kept)).map(([path, text]) => [path, Buffer.from(String(text), 'base64')]))
}

function isAtTop(path: string): boolean {
  return path.lastIndexOf('/') === 1
}

const FACTORY_FILES: ReadonlyMap<string, Buffer> = new Map(
  ['./boot.py', './main.py', './core/__init__.py', './apps/__init__.py', './apps/ota/__init__.py'].map((path) => [
    path,
    Buffer.from(`# ${path} as it left the factory\n`),
  ]),
)
