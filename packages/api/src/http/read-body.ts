import type { IncomingMessage } from 'node:http'

/** Why a body could not be read to its end. */
export type BodyErrorCode = 'body-too-large' | 'body-too-slow' | 'body-aborted'

/** The body of a request was not read: it was too large, came too slowly, or its sender went away. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
  readonly code: BodyErrorCode

  constructor(code: BodyErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Bounds of {@link readBody}. */
export interface ReadBodyOptions {
  readonly maxBytes: number
  /** From the call until the last byte. */
  readonly timeoutMs: number
}

/** After a refusal so much is still read and thrown away, so that the sender gets to see the answer. */
const MAX_DISCARDED_BYTES = 1024 * 1024
/** And then so long the connection stays open before it is cut. */
const LINGER_MS = 1000

/**
 * Reads a request's bytes, whatever they are, up to a bound in size and in time.
 *
 * @throws BodyError; the connection then drains for a moment and is cut, so a large body is never swallowed whole.
 */
export function readBody(req: IncomingMessage, options: ReadBodyOptions): Promise<Buffer> {
  const { maxBytes, timeoutMs } = options
  return new Promise((resolve, reject) => {
    const declared = Number(req.headers['content-length'] ?? 0)
    if (declared > maxBytes) {
      letGo(req)
      reject(tooLarge(maxBytes))
      return
    }
    let chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => fail(new BodyError('body-too-slow', 'The body did not arrive in time.')), timeoutMs)

    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > maxBytes) fail(tooLarge(maxBytes))
      else chunks.push(chunk)
    }
    const onEnd = (): void => {
      stop()
      // The common case, a body in one piece, is not copied.
      const [only] = chunks
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length))
    }
    const onGone = (): void =>
      fail(new BodyError('body-aborted', 'The connection closed before the body was complete.'))
    const stop = (): void => {
      clearTimeout(timer)
      req.off('data', onData)
      req.off('end', onEnd)
      req.off('close', onGone)
      req.off('error', onGone)
    }
    const fail = (error: BodyError): void => {
      stop()
      chunks = []
      letGo(req)
      reject(error)
    }
    req.on('data', onData)
    req.on('end', onEnd)
    req.on('close', onGone)
    req.on('error', onGone)
  })
}

function tooLarge(maxBytes: number): BodyError {
  return new BodyError('body-too-large', `The body is larger than ${String(maxBytes)} bytes.`)
}

/**
 * Throws the rest of a refused body away, within bounds. Cutting the connection at once would reset it, and many
 * senders would then never read the answer that was already on its way.
 */
export function letGo(req: IncomingMessage): void {
  if (req.destroyed || req.complete) return
  let discarded = 0
  const cut = setTimeout(() => req.socket.destroy(), LINGER_MS)
  cut.unref()
  const done = (): void => clearTimeout(cut)
  req.on('error', done)
  req.once('end', done)
  req.once('close', done)
  req.on('data', (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > MAX_DISCARDED_BYTES) req.pause()
  })
  req.resume()
}
