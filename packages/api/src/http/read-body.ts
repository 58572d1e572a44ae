import type { IncomingMessage } from 'node:http'

/** Why a body could not be read to its end. */
export type BodyErrorCode = 'body-too-large' | 'body-too-slow' | 'body-aborted'

/** A request body could not be read: it was too large, arrived too slowly, or the client disconnected. */
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
  /** Measured from the call to the last byte. */
  readonly timeoutMs: number
}

/** After a refusal this much is still read and discarded, so that the client sees the response. */
const MAX_DISCARDED_BYTES = 1024 * 1024
/** After that, the connection lingers this long before it is closed. */
const LINGER_MS = 1000

/**
 * Reads the raw bytes of a request within bounds on size and time.
 *
 * @throws BodyError; the connection then drains briefly and is closed, so a large body is never read whole
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
      // Common case: a body in one chunk is not copied.
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
 * Discards the rest of a refused body, within bounds. Closing at once would reset the connection, and many clients
 * would never read the response already on its way.
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
