/**
 * Git's tree object: a sequence of `<mode in octal> <name>\0<20 bytes of id>`. Not parsed by isomorphic-git, which
 * aborts the whole walk at the first name it considers unsafe, and alters names that are not UTF-8.
 */

/** One entry of a folder. */
export interface TreeEntry {
  readonly kind: 'file' | 'folder' | 'symlink' | 'submodule' | 'other'
  readonly name: string
  readonly isUtf8: boolean
  readonly oid: string
}

const ID_BYTES = 20
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** Parses a tree's bytes. @returns `null` if they are not a tree */
export function parseTree(bytes: Uint8Array): readonly TreeEntry[] | null {
  const entries: TreeEntry[] = []
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < buffer.length;) {
    const space = buffer.indexOf(0x20, at)
    const nul = buffer.indexOf(0, space)
    const end = nul + 1 + ID_BYTES
    if (space === -1 || nul === -1 || end > buffer.length) return null
    const mode = Number.parseInt(buffer.toString('latin1', at, space), 8)
    const name = buffer.subarray(space + 1, nul)
    entries.push({ kind: kindOf(mode), ...decodeName(name), oid: buffer.toString('hex', nul + 1, end) })
    at = end
  }
  return entries
}

/** The upper bits give the type; the lower ones are permissions, of which early versions of git kept more. */
function kindOf(mode: number): TreeEntry['kind'] {
  switch (mode & 0o170000) {
    case 0o040000:
      return 'folder'
    case 0o100000:
      return 'file'
    case 0o120000:
      return 'symlink'
    case 0o160000:
      return 'submodule'
    default:
      return 'other'
  }
}

function decodeName(name: Uint8Array): { readonly name: string; readonly isUtf8: boolean } {
  try {
    return { name: strict.decode(name), isUtf8: true }
  } catch {
    return { name: lenient.decode(name), isUtf8: false }
  }
}
