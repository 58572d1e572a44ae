import { collect, type Delivery } from '../receive/receive-delivery.ts'

/** The part of Node's `IncomingMessage` that is used, with the additions of Express and body parsers. */
export interface NodeRequest {
  /** `POST`. */
  readonly method?: string | undefined
  /** Path and query. */
  readonly url?: string | undefined
  /** Express: the URL before a router stripped its part. */
  readonly originalUrl?: string | undefined
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Whether the stream has been read to its end. */
  readonly readableEnded?: boolean
  /** Express: the body as a body parser left it. */
  readonly body?: unknown
  /** The body. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>
}

/** Converts the request to the form that the receiver takes. */
export function readDelivery(request: NodeRequest, parsedBody: unknown): Delivery {
  return {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    contentType: header(request, 'content-type'),
    contentLength: header(request, 'content-length'),
    readBody: async (maxBytes) => {
      if (parsedBody instanceof Uint8Array) return parsedBody.length > maxBytes ? null : parsedBody
      if (request.readableEnded === true) {
        throw new Error(
          'a body parser has read this request: mount the webhook before it, its bytes are needed as received',
        )
      }
      return collect(request, maxBytes)
    },
  }
}

function header(request: NodeRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}
