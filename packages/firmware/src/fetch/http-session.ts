import { FirmwareError } from '../failure.ts'
import { readAdvertisement } from './advertisement.ts'
import { createByteReader } from './byte-reader.ts'
import { createIdleTimer } from './idle-timer.ts'
import { readPkt } from './pkt-line.ts'
import type { SessionOptions, UploadPackSession } from './session.ts'
import type { Source } from './source.ts'

const LIST_TYPE = 'application/x-git-upload-pack-advertisement'
const REQUEST_TYPE = 'application/x-git-upload-pack-request'
const RESULT_TYPE = 'application/x-git-upload-pack-result'
const MAX_REDIRECTS = 3
/** Hosted services accept any user name with a token; this is the one most of their manuals give. */
const DEFAULT_USER = 'x-access-token'

/**
 * Opens a session over git's smart HTTP protocol. Follows redirects on the same host only, so that the token goes
 * nowhere else.
 *
 * @throws {FirmwareError}
 */
export async function openHttpSession(
  source: Extract<Source, { kind: 'http' }>,
  options: SessionOptions,
): Promise<UploadPackSession> {
  const { limits, signal } = options
  const own = new AbortController()
  const idle = createIdleTimer((limitMs) => own.abort(silent(limitMs, hasSpoken)))
  let hasSpoken = false
  const aborted = AbortSignal.any([signal, own.signal])
  const close = async (): Promise<void> => {
    idle.stop()
    own.abort(new DOMException('closed', 'AbortError'))
  }

  async function ask(url: string, init: RequestInit): Promise<Response> {
    idle.touch(limits.connectMs)
    const headers = new Headers(init.headers)
    headers.set('User-Agent', 'git/paikea')
    if (source.token !== null) headers.set('Authorization', authorization(source.user, source.token))
    try {
      const response = await fetch(url, { ...init, headers, redirect: 'manual', signal: aborted })
      hasSpoken = true
      return response
    } catch (error) {
      throw explainFetch(error, aborted, new URL(url).host)
    }
  }

  async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
    if (response.body === null) return
    try {
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        idle.touch(limits.idleMs)
        yield piece
      }
    } catch (error) {
      throw aborted.aborted ? aborted.reason : cut(error)
    } finally {
      idle.stop()
    }
  }

  async function* post(url: string, body: Uint8Array): AsyncGenerator<Uint8Array> {
    const headers = { 'Content-Type': REQUEST_TYPE, Accept: RESULT_TYPE }
    const answer = await ask(url, { method: 'POST', headers, body: Buffer.from(body) })
    checkAnswer(answer, RESULT_TYPE, source.token !== null)
    yield* bodyOf(answer)
  }

  try {
    let base = source.url
    let response = await ask(listUrl(base), {})
    for (let hops = 0; response.status >= 300 && response.status < 400; hops += 1) {
      await response.body?.cancel()
      base = nextBase(base, response.headers.get('location'), hops)
      response = await ask(listUrl(base), {})
    }
    checkAnswer(response, LIST_TYPE, source.token !== null)
    const reader = createByteReader(bodyOf(response))
    const service = await readPkt(reader)
    if (service.kind !== 'data' || !service.payload.toString('utf8').startsWith('# service=')) throw notGit()
    await readPkt(reader)
    const advertisement = await readAdvertisement(reader, limits.refs)
    idle.stop()
    return {
      advertisement,
      // The stateless server allows requesting any commit reachable from a branch or tag.
      givesAnyCommit: true,
      request: (body) => createByteReader(post(`${base}/git-upload-pack`, body)),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function listUrl(base: string): string {
  return `${base}/info/refs?service=git-upload-pack`
}

function authorization(user: string | null, token: string): string {
  return `Basic ${Buffer.from(`${user ?? DEFAULT_USER}:${token}`).toString('base64')}`
}

function nextBase(base: string, location: string | null, hops: number): string {
  const target = location === null ? null : new URL(location, listUrl(base))
  const before = new URL(base)
  const isAllowed =
    target !== null &&
    hops < MAX_REDIRECTS &&
    target.hostname === before.hostname &&
    (target.protocol === before.protocol || target.protocol === 'https:') &&
    target.pathname.endsWith('/info/refs')
  if (isAllowed) return `${target.origin}${target.pathname.slice(0, -'/info/refs'.length)}`
  throw new FirmwareError('redirected', 'park', 'The git server redirects elsewhere.', {
    whatToDo: `Put the new address${target === null ? '' : ` (on ${target.host})`} into PAIKEA_FIRMWARE_REPO.`,
  })
}

function checkAnswer(response: Response, type: string, hasToken: boolean): void {
  const { status } = response
  if (status === 200 && (response.headers.get('content-type') ?? '').startsWith(type)) return
  // The rest of the body is useless; the connection is dropped with it.
  void response.body?.cancel().catch(() => undefined)
  if (status === 401 || status === 403) {
    throw new FirmwareError('login-refused', 'park', `The git server refuses the credentials (HTTP ${status}).`, {
      whatToDo: hasToken
        ? 'Create a new token that may read the repository, set PAIKEA_FIRMWARE_TOKEN to it, then resume.'
        : 'The repository needs a token that may read it: set PAIKEA_FIRMWARE_TOKEN.',
    })
  }
  if (status === 404 || status === 410) {
    throw new FirmwareError(
      'repository-not-found',
      'park',
      'There is no such repository, or the token may not read it.',
      {
        whatToDo: 'Check PAIKEA_FIRMWARE_REPO and PAIKEA_FIRMWARE_TOKEN; then resume.',
      },
    )
  }
  if (status === 200 || status === 400) throw notGit()
  throw new FirmwareError('server-error', 'retry', `The git server answered with HTTP ${status}.`, {
    whatToDo: 'It is retried automatically. If it persists, check the log of the git server.',
  })
}

function notGit(): FirmwareError {
  return new FirmwareError('not-a-repository', 'park', 'The server at this address is not a git server.', {
    whatToDo: 'Check PAIKEA_FIRMWARE_REPO: it must be the URL that `git clone` accepts; then resume.',
  })
}

function cut(cause: unknown): FirmwareError {
  return new FirmwareError('transfer-broken', 'retry', 'The connection ended in the middle of the response.', {
    whatToDo: 'It is retried automatically.',
    cause,
  })
}

function silent(limitMs: number, hasSpoken: boolean): FirmwareError {
  const seconds = Math.round(limitMs / 1000)
  return hasSpoken
    ? new FirmwareError('transfer-stalled', 'retry', `The transfer stalled for ${seconds} s.`, {
        whatToDo: 'It is retried automatically. If it persists, check the git server and the network in between.',
      })
    : new FirmwareError('host-silent', 'retry', `The git server did not answer within ${seconds} s.`, {
        whatToDo: 'It is retried automatically. If it persists, check that the git server is running.',
      })
}

function explainFetch(error: unknown, aborted: AbortSignal, host: string): unknown {
  if (aborted.aborted) return aborted.reason
  const words = describeCauses(error)
  if (/CERT|certificate|self.signed|UnknownIssuer|altname|SSL routines|TLS|wrong version number/iu.test(words)) {
    return new FirmwareError('certificate-refused', 'park', `The certificate of ${host} is not trusted.`, {
      whatToDo:
        'Renew the certificate, or set NODE_EXTRA_CA_CERTS to the file of your own certificate authority and restart; then resume.',
      cause: error,
    })
  }
  if (/ENOTFOUND|EAI_AGAIN|dns error|failed to lookup|Name or service/iu.test(words)) {
    return new FirmwareError('host-not-found', 'retry', `The name ${host} cannot be resolved.`, {
      whatToDo: 'Check PAIKEA_FIRMWARE_REPO and this machine’s DNS. It is retried automatically.',
      cause: error,
    })
  }
  return new FirmwareError('host-unreachable', 'retry', `The host ${host} cannot be reached.`, {
    whatToDo: 'Check the network and that the git server is running. It is retried automatically.',
    cause: error,
  })
}

/**
 * Joins messages and codes of an error and its causes; by shape, because a runtime's own errors may come from another
 * realm.
 */
function describeCauses(error: unknown): string {
  const words: string[] = []
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    if ('message' in at) words.push(String(at.message))
    if ('code' in at) words.push(String(at.code))
    at = 'cause' in at ? at.cause : null
  }
  return words.join(' ')
}
