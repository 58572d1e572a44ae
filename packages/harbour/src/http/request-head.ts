/** The parts of a request head we need; header names are case-insensitive. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  /** `null`: none given. */
  readonly contentLength: number | null
  readonly isChunked: boolean
  readonly forwardedFor: string | null
  /** Length of the head in bytes, including the blank line. */
  readonly bytes: number
}

/** The head so far: incomplete, not HTTP, or parsed. */
export type HeadReading = RequestHead | 'incomplete' | 'broken'

const REQUEST_LINE = /^([A-Z]{1,16}) (\S{1,2048}) HTTP\/1\.[01]$/u

/** Parses a head as devices write it; accepts bare line feeds too. */
export function readHead(held: Buffer): HeadReading {
  const crlf = held.indexOf('\r\n\r\n')
  const lf = held.indexOf('\n\n')
  if (crlf === -1 && lf === -1) return 'incomplete'
  const isCrlf = crlf !== -1 && (lf === -1 || crlf < lf)
  const end = isCrlf ? crlf : lf
  const [first = '', ...lines] = held.toString('latin1', 0, end).split(/\r?\n/u)
  const parsed = REQUEST_LINE.exec(first)
  if (parsed === null) return 'broken'
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const length = headers.get('content-length')
  if (length !== undefined && !/^\d{1,9}$/u.test(length)) return 'broken'
  return {
    method: parsed[1] ?? '',
    target: parsed[2] ?? '',
    contentLength: length === undefined ? null : Number(length),
    isChunked: headers.has('transfer-encoding'),
    forwardedFor: headers.get('x-forwarded-for') ?? null,
    bytes: end + (isCrlf ? 4 : 2),
  }
}
