/**
 * The ref advertisement a git server starts with: `<id> <name>`, capabilities after a NUL on the first line,
 * `<name>^{}` for the target of an annotated tag. See gitprotocol-pack(5).
 */
import { FirmwareError } from '../failure.ts'
import type { ByteReader } from './byte-reader.ts'
import { FLUSH, readPkt, writePkt } from './pkt-line.ts'

/** One branch or tag of a repository. */
export interface AdvertisedRef {
  /** Full name, such as `refs/tags/v1`. */
  readonly name: string
  readonly oid: string
  /** The final target of an annotated tag; `null` for everything else. */
  readonly peeled: string | null
}

/** A server's ref advertisement. */
export interface Advertisement {
  readonly refs: readonly AdvertisedRef[]
  readonly capabilities: ReadonlySet<string>
}

const NO_REFS = 'capabilities^{}'

/**
 * Reads the list up to and including its flush packet.
 *
 * @throws {FirmwareError} if the server refuses, the repository uses another object format, or the list is invalid
 */
export async function readAdvertisement(reader: ByteReader, maxRefs: number): Promise<Advertisement> {
  const refs: { name: string; oid: string; peeled: string | null }[] = []
  let capabilities: ReadonlySet<string> = new Set()
  for (let isFirst = true; ; isFirst = false) {
    const pkt = await readPkt(reader)
    if (pkt.kind === 'flush') break
    if (pkt.kind !== 'data') throw notAList()
    const line = pkt.payload.toString('utf8').replace(/\n$/u, '')
    if (line.startsWith('ERR ')) throw serverSays(line.slice(4))
    if (line.startsWith('version ') || line.startsWith('shallow ')) continue
    const [entry = '', words = ''] = line.split('\0')
    if (words !== '') capabilities = new Set(words.split(' ').filter((word) => word !== ''))
    if (isFirst && capabilities.has('object-format=sha256')) throw sha256()
    const parsed = /^([0-9a-f]{40}|[0-9a-f]{64}) (.+)$/u.exec(entry)
    const oid = parsed?.[1]
    const name = parsed?.[2]
    if (oid === undefined || name === undefined) throw notAList()
    if (oid.length === 64) throw sha256()
    if (name === NO_REFS) continue
    if (name.endsWith('^{}')) {
      const tag = refs.at(-1)
      if (tag !== undefined && tag.name === name.slice(0, -3)) tag.peeled = oid
      continue
    }
    if (refs.length >= maxRefs) throw tooMany(maxRefs)
    refs.push({ name, oid, peeled: null })
  }
  return { refs, capabilities }
}

/**
 * Writes a list that offers only these ids, as branches: all that isomorphic-git gets to see, whatever the server
 * listed.
 */
export function writeAdvertisement(oids: readonly string[], capabilities: ReadonlySet<string>): Buffer {
  const [first = ''] = oids
  const words = [...capabilities].filter((word) => !word.startsWith('symref=')).join(' ')
  const lines = [writePkt(`${first} HEAD\0${words}\n`)]
  oids.forEach((oid, index) => lines.push(writePkt(`${oid} refs/heads/wanted-${index}\n`)))
  return Buffer.from(`${writePkt('# service=git-upload-pack\n')}${FLUSH}${lines.join('')}${FLUSH}`)
}

/** Turns a git server's error message into a failure. */
export function serverSays(words: string): FirmwareError {
  const clean = words
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300)
  if (/not our ref/iu.test(clean)) {
    return new FirmwareError('ref-not-found', 'refuse', 'The server does not provide that commit.', {
      whatToDo: 'Push a branch or a tag that contains it, and request the release again.',
    })
  }
  if (/not found|does not (exist|appear)|access denied|not exported|no such/iu.test(clean)) {
    return new FirmwareError('repository-not-found', 'park', `The git server says: ${clean}`, {
      whatToDo: 'Check PAIKEA_FIRMWARE_REPO, and that the deploy key or token may read that repository; then resume.',
    })
  }
  if (/unable to read|missing|corrupt|bad object|could not parse|loose object|broken/iu.test(clean)) {
    return new FirmwareError('repository-damaged', 'park', `The repository on the server is damaged: ${clean}`, {
      whatToDo: 'Run `git fsck` on the server, push the missing objects again, then resume.',
    })
  }
  return new FirmwareError('server-error', 'retry', `The git server says: ${clean}`, {
    whatToDo: 'It is retried automatically. If it persists, check the log of the git server.',
  })
}

function notAList(): FirmwareError {
  return new FirmwareError('not-a-repository', 'park', 'The server at this address is not a git server.', {
    whatToDo: 'Check PAIKEA_FIRMWARE_REPO (an https:// or git@host:path address, or a folder); then resume.',
  })
}

function sha256(): FirmwareError {
  return new FirmwareError('repository-format', 'park', 'The repository uses SHA-256 object names.', {
    whatToDo: 'Serve the firmware from a repository in git’s usual SHA-1 format; then resume.',
  })
}

function tooMany(maxRefs: number): FirmwareError {
  return new FirmwareError(
    'repository-format',
    'park',
    `The repository lists more than ${maxRefs} branches and tags.`,
    {
      whatToDo: 'Delete old branches and tags, or use a repository for releases only; then resume.',
    },
  )
}
