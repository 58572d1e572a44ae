import type { FieldError } from '@paikea/operations'

export type { FieldError } from '@paikea/operations'

/** Optional parts of an {@link ApiError} besides status, code and detail. */
export interface ApiErrorOptions {
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/**
 * An expected refusal: it carries its status and stable code, and its text may be shown to the caller. Anything else
 * that is thrown becomes a bland 500 (see `problem.ts`).
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, detail: string, options: ApiErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = status
    this.code = code
    this.errors = options.errors ?? []
    this.headers = options.headers ?? {}
  }
}

/** 404 for something that does not exist or that the caller may not know about: the two must look the same. */
export function notFound(what: string): ApiError {
  return new ApiError(404, 'not-found', `There is no such ${what}, or you may not see it.`)
}

/** 403 for an authenticated caller who lacks the permission. */
export function forbidden(detail: string): ApiError {
  return new ApiError(403, 'forbidden', detail)
}

/** 409 for a well-formed request that conflicts with the current state. */
export function conflict(code: string, detail: string, field?: string): ApiError {
  return new ApiError(409, code, detail, field === undefined ? {} : { errors: [{ field, code, message: detail }] })
}

/** 422 that names every field at fault. */
export function invalidFields(errors: readonly FieldError[]): ApiError {
  return new ApiError(422, 'validation-failed', describeFields(errors), { errors })
}

/** `imei: …; kind: …`: the sentence of a problem with fields. */
export function describeFields(errors: readonly FieldError[]): string {
  return errors.map((error) => (error.field === '' ? error.message : `${error.field}: ${error.message}`)).join('; ')
}
