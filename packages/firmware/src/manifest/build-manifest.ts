import { createHash } from 'node:crypto'
import { FirmwareError, type ContentProblem } from '../failure.ts'
import type { FirmwareLimits } from '../limits.ts'
import { blocksOf } from '../wire/flash-space.ts'
import type { Manifest, ManifestFile, TreeFile } from './entry.ts'
import { findTwins, problem } from './name-rules.ts'
import type { TreeReading } from './read-tree.ts'
import { findMissingParts } from './vital-parts.ts'

/** Where the manifest's files come from and go to. */
export interface ManifestWork {
  readonly reading: TreeReading
  readonly limits: FirmwareLimits
  /** @throws if the blob did not arrive complete */
  readBlob(oid: string): Promise<Buffer>
  /** Stores the content. @returns its SHA-256 */
  keepBlob(content: Buffer): Promise<string>
  /** Called after each file. */
  onFile?(done: number, total: number): void
}

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1'
const MAX_SHOWN_PROBLEMS = 50

/**
 * Reads and hashes every file once. Stores files only if nothing disqualifies the release.
 *
 * @throws {FirmwareError} `content-refused` with every problem and its path
 */
export async function buildManifest(work: ManifestWork): Promise<Manifest> {
  const { reading, limits } = work
  const paths = reading.files.map(({ path }) => path)
  const problems: ContentProblem[] = [...reading.problems, ...findTwins(paths), ...findMissingParts(paths)]
  const files: ManifestFile[] = []
  let totalBytes = 0
  for (const [index, file] of sortByPath(reading.files).entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time keeps the memory small
    const content = await work.readBlob(file.oid)
    totalBytes += content.length
    const found = checkContent(file.path, content, limits)
    if (found !== null) problems.push(found)
    if (totalBytes > limits.totalBytes) {
      problems.push(
        problem(file.path, 'release-too-large', `All files together take more than ${limits.totalBytes} bytes.`),
      )
    }
    if (problems.length > 0) {
      if (totalBytes > limits.totalBytes) break
      continue
    }
    const sha1 = createHash('sha1').update(content).digest('hex')
    // oxlint-disable-next-line no-await-in-loop -- as above
    const sha256 = await work.keepBlob(content)
    files.push({ path: file.path, bytes: content.length, sha1, sha256 })
    work.onFile?.(index + 1, reading.files.length)
  }
  if (problems.length > 0) throw refuse(problems)
  return { files, totalBytes, flashBytes: blocksOf(files) }
}

function checkContent(path: string, content: Buffer, limits: FirmwareLimits): ContentProblem | null {
  if (content.length > limits.fileBytes) {
    return problem(
      path,
      'file-too-large',
      `The file takes ${content.length} bytes; at most ${limits.fileBytes} are served.`,
    )
  }
  if (content.subarray(0, LFS_POINTER.length).toString('latin1') === LFS_POINTER) {
    return problem(path, 'lfs-pointer', 'It is a Git LFS pointer; commit the file itself.')
  }
  return null
}

function sortByPath(files: readonly TreeFile[]): readonly TreeFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

function refuse(problems: readonly ContentProblem[]): FirmwareError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new FirmwareError('content-refused', 'refuse', `${first?.path ?? ''}: ${first?.message ?? ''}${more}`, {
    whatToDo:
      'Fix the listed paths, or leave them out with a .paikeaignore file; commit, push, and request the new commit.',
    problems: problems.slice(0, MAX_SHOWN_PROBLEMS),
  })
}
