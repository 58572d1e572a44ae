import { REFUSALS, type FaultName } from './faults.ts'

/** A `text/plain` response. */
export function plain(text: string, status: number = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
}

/** A JSON response. */
export function json(value: unknown, status: number = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })
}

/** `FAILED,<code>,<text>` of the MT service. */
export function mtFailed(fault: FaultName): Response {
  const [code, text] = REFUSALS[fault] ?? [99, 'System Error']
  return plain(`FAILED,${code},${text}`)
}

/** The response of SendMessage. */
export function receipt(id: string): Response {
  const text = `<?xml version="1.0" encoding="UTF-8"?><SendMessage><receipt messageId="${id}" /></SendMessage>`
  return new Response(text, { headers: { 'content-type': 'text/xml;charset=UTF-8' } })
}

/** A refusal of Cloudloop's API. */
export function cloudloopError(error: string, status: number): Response {
  return json({ error }, status)
}

type Headers = Readonly<Record<string, string>>

const HTTP_FAULTS: Readonly<Partial<Record<FaultName, (headers: Headers) => Response>>> = {
  'server-error': () => plain('Internal Server Error', 500),
  unavailable: (headers) => plain('Service Unavailable', 503, headers),
  'too-many-requests': (headers) => plain('Too Many Requests', 429, headers),
  'gateway-timeout': () => plain('Gateway Timeout', 504),
  redirect: () => plain('', 302, { location: 'https://elsewhere.example/' }),
  garbage: () => new Response('<html><body>Welcome</body></html>', { headers: { 'content-type': 'text/html' } }),
}

/** Responses for faults that are pure HTTP, whatever the service; `null` for other faults. */
export function answerFault(fault: FaultName, retryAfter: string | null): Response | null {
  return HTTP_FAULTS[fault]?.(retryAfter === null ? {} : { 'retry-after': retryAfter }) ?? null
}

/** Waits until the caller gives up. */
export function neverAnswer(signal: AbortSignal): Promise<Response> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => reject(new DOMException('The operation was aborted', 'AbortError'))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
