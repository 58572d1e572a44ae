import fs from 'node:fs'
import git, { type HttpClient } from 'isomorphic-git'
import { FirmwareError, fromFileSystem } from '../failure.ts'
import { writeAdvertisement } from './advertisement.ts'
import { tapAnswer, type OnTransfer } from './answer-tap.ts'
import { findCommit, peel, type ObjectStore } from './object-store.ts'
import { refNotFound, resolveRef, type ResolvedRef } from './resolve-ref.ts'
import type { UploadPackSession } from './session.ts'

/** A commit whose pack is in a folder. Only reading every blob proves that it is complete. */
export interface FetchedCommit {
  readonly commit: string
  /** Id of the annotated tag object, if one was requested. */
  readonly tagObject: string | null
  /** Full name of the branch or tag; `null` if a commit was requested by its id. */
  readonly refName: string | null
  readonly store: ObjectStore
}

/** Options for fetching one commit. */
export interface FetchOptions {
  readonly session: UploadPackSession
  /** A branch, a tag, or a commit id of 4 to 40 digits. */
  readonly ref: string
  /** A new folder; discard it whatever happens. */
  readonly folder: string
  readonly maxPackBytes: number
  readonly onTransfer?: OnTransfer
}

/** isomorphic-git requires an address; nothing is ever sent to it. */
const ADDRESS = 'http://repository.invalid/'

/**
 * Fetches what a name refers to into a new folder, by isomorphic-git. It is given a ref list that contains only what is
 * wanted, so that a missing HEAD, a moved branch or thousands of tags do not affect it.
 *
 * @throws {FirmwareError}
 */
export async function fetchCommit(options: FetchOptions): Promise<FetchedCommit> {
  const { session, ref, folder } = options
  const { refs, capabilities } = session.advertisement
  if (refs.length === 0) throw empty()
  const resolved = resolveRef(refs, ref)
  const everything = [...new Set(refs.filter(({ name }) => /^refs\/(heads|tags)\//u.test(name)).map(({ oid }) => oid))]
  const wanted = whatToAskFor(resolved, session, everything)
  const isWhole = wanted === everything
  const list = writeAdvertisement(wanted, capabilities)
  const store: ObjectStore = { gitdir: folder, cache: {} }
  try {
    await git.init({ fs, gitdir: folder, bare: true })
    await git.addRemote({ fs, gitdir: folder, remote: 'origin', url: ADDRESS })
    await git.fetch({
      fs,
      gitdir: folder,
      cache: store.cache,
      http: createPlugin(options, list),
      remote: 'origin',
      ref: 'wanted-0',
      singleBranch: !isWhole,
      tags: false,
      ...(isWhole || !capabilities.has('shallow') ? {} : { depth: 1 }),
    })
  } catch (error) {
    throw explain(error)
  }
  const found = resolved.kind === 'tip' ? resolved.oid : await findCommit(store, idOf(resolved))
  if (found === null) throw refNotFound(ref)
  const { commit, tagObject } = await peel(store, found)
  return { commit, tagObject, refName: resolved.kind === 'tip' ? resolved.refName : null, store }
}

function whatToAskFor(
  resolved: ResolvedRef,
  session: UploadPackSession,
  everything: readonly string[],
): readonly string[] {
  if (resolved.kind === 'tip') return [resolved.oid]
  if (resolved.kind === 'commit' && session.givesAnyCommit) return [resolved.oid]
  return everything
}

function idOf(resolved: Exclude<ResolvedRef, { kind: 'tip' }>): string {
  return resolved.kind === 'commit' ? resolved.oid : resolved.prefix
}

function createPlugin(options: FetchOptions, list: Buffer): HttpClient {
  const { session, maxPackBytes, onTransfer } = options
  return {
    async request({ url, method = 'GET', body }) {
      const answer = { url, method, statusCode: 200, statusMessage: 'OK' }
      if (method === 'GET') {
        const headers = { 'content-type': 'application/x-git-upload-pack-advertisement' }
        return { ...answer, headers, body: inOnePiece(list) }
      }
      const request = await collect(body)
      return { ...answer, headers: {}, body: tapAnswer(session.request(request), { maxPackBytes, onTransfer }) }
    },
  }
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function collect(body: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  if (body !== undefined) for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** An error of isomorphic-git itself means an incomplete pack; all others explain themselves. */
function explain(error: unknown): unknown {
  const known = fromFileSystem(error)
  if (known !== error || error instanceof FirmwareError || !(error instanceof Error)) return known
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return error
  return new FirmwareError('transfer-broken', 'retry', 'The server sent damaged data.', {
    whatToDo: 'It is retried automatically. If it persists, run `git fsck` on the server.',
    cause: error,
  })
}

function empty(): FirmwareError {
  return new FirmwareError('repository-empty', 'park', 'The repository has no branches or tags yet.', {
    whatToDo: 'Push the firmware into it; then resume.',
  })
}
