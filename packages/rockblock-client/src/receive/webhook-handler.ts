import { collect, createReceiver, type WebhookOptions } from './receive-delivery.ts'

/**
 * A handler for servers that speak `Request` and `Response`: Deno, Cloudflare Workers, Hono and others.
 *
 * @throws {TypeError} if the options admit nobody
 */
export function createWebhookHandler(options: WebhookOptions): (request: Request) => Promise<Response> {
  const receive = createReceiver(options)
  return async (request) => {
    const answer = await receive({
      method: request.method,
      url: request.url,
      contentType: request.headers.get('content-type'),
      contentLength: request.headers.get('content-length'),
      readBody: (maxBytes) => collect(chunksOf(request), maxBytes),
    })
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  }
}

/** Streams are not iterable everywhere yet. */
async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader()
  if (reader === undefined) return
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
