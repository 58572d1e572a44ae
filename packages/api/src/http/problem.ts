import { STATUS_CODES } from 'node:http'
import { isUnavailable, whyNotWritable } from '@paikea/database'
import { GateFullError, Refusal, type RefusalKind } from '@paikea/operations'
import { DeadlineError } from './deadline.ts'
import { ApiError, type FieldError } from './api-error.ts'
import { BodyError } from './read-body.ts'
import { requestId } from './request-id.ts'

/** Body of `application/problem+json`, RFC 9457. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** Stable, for machines. */
  readonly code: string
  readonly detail: string
  readonly errors: readonly FieldError[]
  /** Also on the log lines of this request. */
  readonly requestId?: string
}

/** Media type of every error response under `/v1` and on the webhooks. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** The public body of an error. */
export function presentProblem(error: ApiError): Problem {
  const id = requestId()
  return {
    type: `urn:paikea:problem:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail: error.message,
    errors: error.errors,
    ...(id === null ? {} : { requestId: id }),
  }
}

const SAFE_METHODS = new Set(['GET', 'HEAD'])

const REFUSAL_STATUSES: Record<RefusalKind, number> = {
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  invalid: 422,
}

/**
 * Turns anything thrown into an {@link ApiError}: the one place where errors become responses. The text of an unknown
 * error is not exposed.
 *
 * @param method of the request: a read that times out cannot take effect later
 */
export function toApiError(error: unknown, method = 'POST'): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof BodyError) return fromBodyError(error)
  if (error instanceof Refusal) {
    const { kind, code, message, errors } = error
    return new ApiError(REFUSAL_STATUSES[kind], code, message, { errors, cause: error })
  }
  if (error instanceof GateFullError) {
    return new ApiError(503, 'busy', 'Too many requests at once. Try again in a moment.', {
      headers: { 'Retry-After': '2' },
      cause: error,
    })
  }
  if (error instanceof DeadlineError) {
    const isRead = SAFE_METHODS.has(method)
    const detail = `This took too long. ${isRead ? 'Try again in a moment.' : 'It may still happen: check before you try again.'}`
    return new ApiError(503, 'not-in-time', detail, { headers: { 'Retry-After': '5' }, cause: error })
  }
  if (isUnavailable(error)) {
    const detail =
      whyNotWritable(error) === 'full'
        ? "The database's disk is full. Nothing can be stored, and nobody can log in, until there is space."
        : 'The database cannot be reached at the moment.'
    return new ApiError(503, 'database-unavailable', detail, {
      headers: { 'Retry-After': '5' },
      cause: error,
    })
  }
  const status = exposedStatus(error)
  if (status !== null) return new ApiError(status, codeOf(status), `${STATUS_CODES[status] ?? 'Error'}.`)
  return new ApiError(500, 'internal-error', 'Something went wrong here. It has been logged.', { cause: error })
}

function fromBodyError(error: BodyError): ApiError {
  switch (error.code) {
    case 'body-too-large':
      return new ApiError(413, error.code, error.message)
    case 'body-too-slow':
      return new ApiError(408, error.code, error.message, { headers: { Connection: 'close' } })
    case 'body-aborted':
      return new ApiError(400, error.code, error.message)
  }
}

/** Koa and its router throw `http-errors`: a client error carries `expose: true` and its status. */
function exposedStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null) return null
  const { status, expose } = error as { status?: unknown; expose?: unknown }
  return expose === true && typeof status === 'number' && status >= 400 && status < 500 ? status : null
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/g, '-')
}
