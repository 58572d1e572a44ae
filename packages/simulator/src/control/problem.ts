import type { z } from 'zod'

/** One invalid field of a request. */
export interface FieldError {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** A refusal with its status and stable code (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = errors
  }

  /** The response body. */
  toJSON(): Record<string, unknown> {
    const { status, code, message: detail, errors } = this
    return { type: `urn:paikea:simulator:${code}`, title: titleOf(code), status, code, detail, errors }
  }
}

/**
 * Parses a value by a schema.
 * @throws Problem 422 that names each invalid field
 */
export function parseOrRefuse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    code: issue.code,
    message: issue.message,
  }))
  const first = errors[0]
  const detail = first === undefined ? 'the request is invalid' : `${first.field || 'body'}: ${first.message}`
  throw new Problem(422, 'invalid-request', detail, errors)
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
