import type { BuiltWebhook } from '@paikea/rockblock-client/testing'

/** The outcome of one attempt. */
export interface PostOutcome {
  /** `null` if there was no response in time. */
  readonly status: number | null
  /** A short code for the log. */
  readonly detail: string
}

/** One delivery attempt. */
export interface Posting {
  readonly path: string
  readonly webhook: BuiltWebhook
  readonly answerWithinMs: number
}

/** Posts one webhook; never throws. */
export type PostWebhook = (posting: Posting, signal: AbortSignal) => Promise<PostOutcome>

/**
 * Posts to our own addresses as the vendor does: HTTP/1.1, its User-Agent, no redirects followed.
 *
 * @param options.baseUrl for example `http://127.0.0.1:8080`
 * @param options.secret appended to the path if set
 */
export function createPostWebhook(options: { readonly baseUrl: string; readonly secret: string | null }): PostWebhook {
  const suffix = options.secret === null ? '' : `/${encodeURIComponent(options.secret)}`
  return async ({ path, webhook, answerWithinMs }, signal) => {
    const timeout = AbortSignal.timeout(answerWithinMs)
    try {
      const response = await fetch(new URL(`${path}${suffix}`, options.baseUrl), {
        method: 'POST',
        headers: { 'content-type': webhook.contentType, 'user-agent': 'Rock7PushApi' },
        body: webhook.body,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, signal]),
      })
      // The vendor looks only at the status; the body is read so that the connection can be reused.
      await response.arrayBuffer()
      return { status: response.status, detail: `HTTP ${response.status}` }
    } catch (cause) {
      return { status: null, detail: timeout.aborted ? `no answer in ${answerWithinMs / 1000} s` : codeOf(cause) }
    }
  }
}

/** A code for the connection failure; never its message, which may contain the address and thus the secret. */
function codeOf(cause: unknown): string {
  for (let link = cause; typeof link === 'object' && link !== null; link = 'cause' in link ? link.cause : null) {
    if ('code' in link && typeof link.code === 'string') return link.code
  }
  return 'no connection'
}
