import type { ContentProblem } from '../failure.ts'
import { damaged, readBlob, readRawTree, type ObjectStore } from '../fetch/object-store.ts'
import type { FirmwareLimits } from '../limits.ts'
import type { TreeFile } from './entry.ts'
import { IGNORE_FILE, readIgnoreRules, type IsIgnored } from './ignore-rules.ts'
import { checkName, problem } from './name-rules.ts'
import { parseTree, type TreeEntry } from './parse-tree.ts'

/** The files of a commit that a release would serve, and any problems with serving them. */
export interface TreeReading {
  readonly files: readonly TreeFile[]
  readonly problems: readonly ContentProblem[]
}

const MAX_DEPTH = 32
const MAX_IGNORE_BYTES = 64 * 1024

/** Walks a commit's tree. Ignored paths are not examined and cause no refusal. */
export async function readTree(store: ObjectStore, tree: string, limits: FirmwareLimits): Promise<TreeReading> {
  const files: TreeFile[] = []
  const problems: ContentProblem[] = []
  const top = await listFolder(store, tree)
  const isIgnored = await readRules(store, top)
  await walk(top, '')
  return { files, problems }

  async function walk(entries: readonly TreeEntry[], folder: string): Promise<void> {
    const names = new Set<string>()
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      const bad = checkName(entry, path, limits.pathBytes)
      if (bad !== null) {
        problems.push(bad)
        continue
      }
      if (isIgnored(path, entry.kind === 'folder')) continue
      if (names.has(entry.name)) problems.push(problem(path, 'name-twice', 'The folder contains this name twice.'))
      names.add(entry.name)
      if (entry.kind === 'file') {
        files.push({ path, oid: entry.oid })
      } else if (entry.kind !== 'folder') {
        problems.push(refuseKind(entry.kind, path))
      } else if (path.split('/').length > MAX_DEPTH) {
        problems.push(problem(path, 'path-too-deep', `Folders are nested more than ${MAX_DEPTH} deep.`))
      } else {
        // oxlint-disable-next-line no-await-in-loop -- one read at a time keeps the memory small
        await walk(await listFolder(store, entry.oid), path)
      }
      if (files.length > limits.files) {
        problems.push(problem(folder, 'too-many-files', `The release has more than ${limits.files} files.`))
        return
      }
    }
  }
}

function refuseKind(kind: 'symlink' | 'submodule' | 'other', path: string): ContentProblem {
  if (kind === 'symlink') return problem(path, 'symlink', 'A symbolic link cannot be served; commit the file itself.')
  if (kind === 'submodule') return problem(path, 'submodule', 'A submodule cannot be served; commit its files.')
  return problem(path, 'file-mode', 'The entry is neither a file nor a folder.')
}

async function readRules(store: ObjectStore, top: readonly TreeEntry[]): Promise<IsIgnored> {
  const entry = top.find(({ name, kind }) => name === IGNORE_FILE && kind === 'file')
  if (entry === undefined) return readIgnoreRules(null)
  const content = await readBlob(store, entry.oid)
  return readIgnoreRules(content.subarray(0, MAX_IGNORE_BYTES).toString('utf8'))
}

async function listFolder(store: ObjectStore, oid: string): Promise<readonly TreeEntry[]> {
  const entries = parseTree(await readRawTree(store, oid))
  if (entries === null) throw damaged(new Error(`object ${oid} is not a tree`))
  return entries
}
