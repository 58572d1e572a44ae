import type { FieldError, Problem } from '@paikea/api/contract'

/** Why a request failed, in words for the user. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  /** `null`: no response at all. */
  readonly status: number | null
  /** Stable, to branch on. */
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(message: string, about: { status: number | null; code: string; errors?: readonly FieldError[] }) {
    super(message)
    this.status = about.status
    this.code = about.code
    this.errors = about.errors ?? []
  }
}

/** Whether a failure means that there is no session (any more). */
export function isLoggedOut(error: unknown): boolean {
  return error instanceof RequestFailure && error.status === 401
}

/** Whether the service has refused for good: repeating the request would not help. */
export function isRefused(error: unknown): boolean {
  const status = error instanceof RequestFailure ? error.status : null
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** A request to this page's own service. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly csrfToken?: string | null
  readonly signal?: AbortSignal
}

/** Time limit of a request. */
const TIMEOUT_MS = 20_000

/**
 * The one place that talks to the service.
 *
 * @throws RequestFailure for anything but a successful response; the signal's own reason if aborted
 */
export async function fetchOrThrow<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const { method = 'GET', body, csrfToken, signal } = request
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (csrfToken != null) headers['X-CSRF-Token'] = csrfToken
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw new RequestFailure('The service cannot be reached.', { status: null, code: 'unreachable' })
  }
  if (!response.ok) throw await readFailure(response)
  if (response.status === 204) return undefined as T
  // The service's contract guarantees the type: page and service are built and delivered together.
  return (await response.json()) as T
}

async function readFailure(response: Response): Promise<RequestFailure> {
  const { status } = response
  try {
    const problem = (await response.json()) as Partial<Problem>
    const { detail = `The service answered ${String(status)}.`, code = 'unknown', errors = [] } = problem
    return new RequestFailure(detail, { status, code, errors })
  } catch {
    return new RequestFailure(`The service answered ${String(status)}.`, { status, code: 'unknown' })
  }
}
