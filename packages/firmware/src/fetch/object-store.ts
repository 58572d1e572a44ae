import { createHash } from 'node:crypto'
import fs from 'node:fs'
import git from 'isomorphic-git'
import { FirmwareError, fromFileSystem } from '../failure.ts'

/** A folder of fetched objects, with isomorphic-git's cache of it. */
export interface ObjectStore {
  readonly gitdir: string
  readonly cache: object
}

const MAX_TAGS_OF_TAGS = 10

/** Follows annotated tags, and tags of tags, to the commit. @throws {FirmwareError} if they do not end at one */
export async function peel(
  store: ObjectStore,
  oid: string,
): Promise<{ readonly commit: string; readonly tagObject: string | null }> {
  let at = oid
  let tagObject: string | null = null
  for (let depth = 0; depth < MAX_TAGS_OF_TAGS; depth += 1) {
    const read = await readParsed(store, at)
    if (read.type === 'commit') return { commit: at, tagObject }
    if (read.type !== 'tag') {
      throw new FirmwareError('not-a-commit', 'refuse', `It names a ${read.type}, not a commit.`, {
        whatToDo: 'Name a branch, a commit, or a tag that points at a commit.',
      })
    }
    tagObject ??= at
    if (!('object' in read.object)) throw damaged(new Error(`object ${at} is not a tag`))
    at = read.object.object
  }
  throw new FirmwareError('not-a-commit', 'refuse', `More than ${MAX_TAGS_OF_TAGS} tags point at one another.`, {
    whatToDo: 'Name the commit itself.',
  })
}

/**
 * Finds the commit whose id starts with a prefix. @returns `null` if there is none. @throws {FirmwareError} if there
 * are several
 */
export async function findCommit(store: ObjectStore, prefix: string): Promise<string | null> {
  const candidates = await expand(store, prefix)
  const commits: string[] = []
  for (const oid of candidates) {
    // oxlint-disable-next-line no-await-in-loop -- seldom more than one
    const { type } = await readParsed(store, oid)
    if (type === 'commit' || (type === 'tag' && prefix.length === 40)) commits.push(oid)
  }
  if (commits.length <= 1) return commits[0] ?? null
  throw new FirmwareError('ref-ambiguous', 'refuse', `Several commits begin with ${prefix}.`, {
    whatToDo: `Give more digits: ${commits.slice(0, 3).join(', ')}.`,
  })
}

/** Reads the id of a commit's tree, and what identifies the commit to users. */
export async function readCommitHead(
  store: ObjectStore,
  commit: string,
): Promise<{ readonly tree: string; readonly subject: string; readonly committedAt: Date }> {
  const { commit: parsed } = await git.readCommit({ fs, gitdir: store.gitdir, cache: store.cache, oid: commit })
  const [subject = ''] = parsed.message.split('\n')
  return {
    tree: parsed.tree,
    subject: subject.replace(/\p{Cc}/gu, ' ').slice(0, 200),
    committedAt: new Date(parsed.committer.timestamp * 1000),
  }
}

/** Reads one blob and verifies its id. @throws {FirmwareError} if it is missing or damaged */
export async function readBlob(store: ObjectStore, oid: string): Promise<Buffer> {
  return await readContent(store, oid, 'blob')
}

/** Reads a tree's bytes and verifies its id. @throws {FirmwareError} if it is missing or damaged */
export async function readRawTree(store: ObjectStore, oid: string): Promise<Buffer> {
  return await readContent(store, oid, 'tree')
}

/** Reads an annotated tag's bytes and verifies its id. @throws {FirmwareError} if it is missing or damaged */
export async function readRawTag(store: ObjectStore, oid: string): Promise<Buffer> {
  return await readContent(store, oid, 'tag')
}

/** Converts an error of reading an object: from the file system, or an incomplete pack. */
export function damaged(error: unknown): unknown {
  const known = fromFileSystem(error)
  if (known !== error || error instanceof FirmwareError) return known
  return new FirmwareError('transfer-broken', 'retry', 'The commit did not arrive completely.', {
    whatToDo: 'It is retried automatically. If it persists, run `git fsck` on the server.',
    cause: error,
  })
}

async function expand(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  try {
    return [await git.expandOid({ fs, gitdir: store.gitdir, cache: store.cache, oid: prefix })]
  } catch (error) {
    if (error instanceof git.Errors.AmbiguousError) return error.data.matches
    if (error instanceof git.Errors.NotFoundError) return []
    throw damaged(error)
  }
}

async function readParsed(store: ObjectStore, oid: string): Promise<Awaited<ReturnType<typeof git.readObject>>> {
  try {
    return await git.readObject({ fs, gitdir: store.gitdir, cache: store.cache, oid, format: 'parsed' })
  } catch (error) {
    throw damaged(error)
  }
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

async function readContent(store: ObjectStore, oid: string, kind: 'blob' | 'tree' | 'tag'): Promise<Buffer> {
  if (kind === 'tree' && oid === EMPTY_TREE) return Buffer.alloc(0)
  let content: Buffer
  let type: string
  try {
    const read = await git.readObject({ fs, gitdir: store.gitdir, cache: store.cache, oid, format: 'content' })
    if (!(read.object instanceof Uint8Array)) throw new TypeError(`object ${oid} arrived without bytes`)
    content = Buffer.from(read.object.buffer, read.object.byteOffset, read.object.byteLength)
    type = String(read.type)
  } catch (error) {
    throw damaged(error)
  }
  const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')
  if (type !== kind || id !== oid) throw damaged(new Error(`object ${oid} is a ${type} with the id ${id}`))
  return content
}
