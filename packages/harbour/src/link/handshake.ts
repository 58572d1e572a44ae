/**
 * The opening handshake, without I/O. A device requires `HTTP/1.1 101 ` with the trailing space and checks nothing
 * else.
 */
import { createHash } from 'node:crypto'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const MAX_HEAD_BYTES = 8192

/** Head of a WebSocket upgrade request. */
export interface OpeningRequest {
  readonly path: string
  /** Lower-case names; of repeated headers the last. */
  readonly headers: ReadonlyMap<string, string>
  /** Its length in bytes. */
  readonly bytes: number
}

/** @returns `incomplete` if more must arrive, `broken` if it cannot become a request */
export function readOpening(held: Buffer): OpeningRequest | 'incomplete' | 'broken' {
  const end = held.indexOf('\r\n\r\n')
  if (end < 0) return held.length >= MAX_HEAD_BYTES || isForeign(held) ? 'broken' : 'incomplete'
  if (end > MAX_HEAD_BYTES) return 'broken'
  const [first = '', ...lines] = held.toString('latin1', 0, end).split('\r\n')
  const path = /^GET (\/\S*) HTTP\/1\.1$/u.exec(first)?.[1]
  if (path === undefined) return 'broken'
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return { path, headers, bytes: end + 4 }
}

/** Anything that starts differently is rejected at once: the end of its head may never come. */
function isForeign(held: Buffer): boolean {
  const begin = held.toString('latin1', 0, 5)
  return !'GET /'.startsWith(begin)
}

/** @returns the client's key; `null` unless the request is for a WebSocket of version 13 */
export function keyOf(headers: ReadonlyMap<string, string>): string | null {
  const key = headers.get('sec-websocket-key') ?? ''
  const isUpgrade =
    headers.get('upgrade')?.toLowerCase() === 'websocket' &&
    (headers.get('connection') ?? '')
      .toLowerCase()
      .split(',')
      .some((word) => word.trim() === 'upgrade') &&
    headers.get('sec-websocket-version') === '13'
  return isUpgrade && /^[A-Za-z0-9+/]{22}==$/u.test(key) ? key : null
}

/** The response that opens a WebSocket. */
export function acceptance(key: string): string {
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    '\r\n',
  ].join('\r\n')
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  408: 'Request Timeout',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
}

/** The response to a refused handshake, after which the connection is closed. */
export function refusal(status: number, detail: string): string {
  const body = `${detail}\n`
  return [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Refused'}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
