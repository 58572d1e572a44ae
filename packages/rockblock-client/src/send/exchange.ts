import { isNeverConnected, networkCode } from './network-fault.ts'
import type { TryLater, UnknownOutcome } from './send-result.ts'

/** What a client needs to talk to its service. */
export interface ExchangeOptions {
  readonly fetch: typeof fetch
  readonly timeoutMs: number
}

/** One request. The form holds the credentials and goes into the body, never into the URL. */
export interface ExchangeRequest {
  readonly url: string
  readonly form: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** A complete response of the service, or the outcome without one. */
export type ExchangeResult =
  | { readonly answered: true; readonly status: number; readonly text: string; readonly retryAfter: string | null }
  | { readonly answered: false; readonly result: TryLater | UnknownOutcome }

/** Longer than any response of these services; bounds the memory that a wrong URL can cost. */
const LONGEST_ANSWER = 65_536

/**
 * Posts a form once and reads the whole response. Never throws for the network, never repeats, never follows a redirect
 * (the password would be sent along), and waits no longer than `timeoutMs` even if `fetch` ignores its signal.
 */
export async function exchange(request: ExchangeRequest, options: ExchangeOptions): Promise<ExchangeResult> {
  if (request.signal?.aborted) return notSent('aborted-before-sending', 'aborted')

  const controller = new AbortController()
  let giveUp: (why: 'timeout' | 'aborted') => void = () => undefined
  const givenUp = new Promise<ExchangeResult>((resolve) => {
    giveUp = (why) => resolve(mayHaveArrived(why, why))
  })
  const onAbort = (): void => giveUp('aborted')
  const timer = setTimeout(() => giveUp('timeout'), options.timeoutMs)
  request.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([postAndRead(request, options.fetch, controller.signal), givenUp])
  } catch (error) {
    // No error is passed on: a caller's own fetch may have put the request into it.
    if (isNeverConnected(error)) return notSent('not-connected', networkCode(error))
    return mayHaveArrived('connection-lost', networkCode(error))
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', onAbort)
    // Only now that the race is decided: an aborted fetch rejects, and must not win it. After a response, this cancels
    // whatever was not read.
    controller.abort()
  }
}

async function postAndRead(request: ExchangeRequest, send: typeof fetch, signal: AbortSignal): Promise<ExchangeResult> {
  const response = await send(request.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/plain, application/json, text/xml' },
    body: new URLSearchParams(request.form).toString(),
    redirect: 'manual',
    signal,
  })
  const { status } = response
  const retryAfter = response.headers.get('retry-after')
  // Only a 2xx or 4xx body is read: other statuses speak for themselves, whether or not their body arrives.
  const isRead = response.ok || (status >= 400 && status < 500)
  const text = isRead ? await readLimited(response) : ''
  return { answered: true, status, text, retryAfter }
}

async function readLimited(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    if (text.length > LONGEST_ANSWER) return text.slice(0, LONGEST_ANSWER)
  }
}

function notSent(reason: 'not-connected' | 'aborted-before-sending', detail: string): ExchangeResult {
  return { answered: false, result: { outcome: 'try-later', reason, retryAfterMs: null, detail } }
}

function mayHaveArrived(reason: UnknownOutcome['reason'], detail: string): ExchangeResult {
  return { answered: false, result: { outcome: 'unknown', reason, detail } }
}
