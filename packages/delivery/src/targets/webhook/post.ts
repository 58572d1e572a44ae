import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP } from 'node:net'

import { hostOf, lookupWithin, OutOfReachError, type Reach } from './reach.ts'

/** The part of an answer that was read. */
export interface PostAnswer {
  readonly status: number
  readonly retryAfter: string | null
  /** The beginning of the body. */
  readonly text: string
}

/** A request without an answer, and how far it got. */
export class PostError extends Error {
  override readonly name = 'PostError'
  /** `never-sent`: nothing was sent. `may-have-arrived`: it was sent and nothing came back. */
  readonly reached: 'never-sent' | 'may-have-arrived'
  /** A short word for people and logs; never the address. */
  readonly reason: string

  constructor(reached: PostError['reached'], reason: string) {
    super(reason)
    this.reached = reached
    this.reason = reason
  }
}

/** Options for requests. */
export interface PostOptions {
  readonly reach: Reach
  /** Time limit for the whole exchange. @default 10000 */
  readonly timeoutMs?: number | undefined
}

/** Sends JSON to an address. @throws PostError */
export type Post = (url: URL, body: Buffer, headers: Readonly<Record<string, string>>) => Promise<PostAnswer>

/** Maximum number of bytes read from a response; the status carries the meaning. */
const MAX_ANSWER_BYTES = 4_096
/** Longest wait for a body. */
const ANSWER_MS = 1_000
/** Shorter than servers' idle time-out (Node: 5 s), so that a request never meets a closing connection. */
const IDLE_MS = 4_000
const MAX_IDLE_SOCKETS = 256

/**
 * Builds a client for requests to user-supplied addresses: only permitted addresses, no redirects, a time limit
 * whatever the receiver does, and a limit on how much of the answer is read.
 */
export function createPost({ reach, timeoutMs = 10_000 }: PostOptions): Post {
  const settings = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MAX_IDLE_SOCKETS }
  // One per protocol: they differ in the addresses that may be reached.
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) }

  function once(url: URL, body: Buffer, headers: Readonly<Record<string, string>>): Promise<PostAnswer> {
    return new Promise((resolve, reject) => {
      const isPlain = url.protocol === 'http:'
      const protocol = isPlain ? 'http:' : 'https:'
      const host = hostOf(url)
      // Sockets only look up names; an address is judged here.
      if (isIP(host) !== 0 && !reach.allows(host, protocol)) {
        return reject(new PostError('never-sent', 'out-of-reach'))
      }
      let hasLeft = false
      const options: RequestOptions = {
        method: 'POST',
        headers: { ...headers, 'content-length': String(body.length) },
        agent: isPlain ? agents.http : agents.https,
        lookup: lookupWithin(reach, protocol),
      }
      const sent: ClientRequest = isPlain ? requestHttp(url, options) : requestHttps(url, options)
      const timer = setTimeout(() => fail('timeout'), timeoutMs)
      const fail = (reason: string): void => {
        clearTimeout(timer)
        sent.destroy()
        reject(new PostError(hasLeft ? 'may-have-arrived' : 'never-sent', reason))
      }
      sent.on('socket', (socket) => {
        // The agent's time-out applies to idle connections only.
        socket.setTimeout(0)
        const leaves = (): void => void (hasLeft = true)
        if (!socket.connecting) leaves()
        else socket.once(isPlain ? 'connect' : 'secureConnect', leaves)
      })
      sent.on('error', (error) => {
        if (sent.reusedSocket && wasClosed(error)) {
          clearTimeout(timer)
          return reject(new StaleSocketError())
        }
        fail(error instanceof OutOfReachError ? 'out-of-reach' : codeOf(error))
      })
      sent.on('response', (response) => {
        clearTimeout(timer)
        const { statusCode: status = 0, headers: given } = response
        void readBeginning(response).then((text) => resolve({ status, retryAfter: given['retry-after'] ?? null, text }))
      })
      sent.end(body)
    })
  }

  return async (url, body, headers) => {
    try {
      return await once(url, body, headers)
    } catch (error) {
      // The server closed an idle connection at that moment: it has not seen the request.
      if (error instanceof StaleSocketError) return once(url, body, headers)
      throw error
    }
  }
}

class StaleSocketError extends Error {}

/**
 * Reads a little of the body for a short time, and closes the connection if there is more. Never fails: the status has
 * already told the outcome.
 */
function readBeginning(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (): void => {
      clearTimeout(timer)
      if (!response.complete) response.destroy()
      resolve(Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8'))
    }
    const timer = setTimeout(end, ANSWER_MS)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length >= MAX_ANSWER_BYTES) end()
    })
    response.on('end', end)
    response.on('error', end)
  })
}

function wasClosed(error: Error): boolean {
  return ['econnreset', 'epipe'].includes(codeOf(error))
}

/** An error code from the network or TLS. */
function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : null
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)
    ? code.toLowerCase().replaceAll('_', '-')
    : 'failed'
}
