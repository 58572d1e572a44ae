import type { z } from 'zod'
import { ApiError, describeFields, type FieldError } from './api-error.ts'
import { describeIssue, isMissing } from './describe-issue.ts'

/**
 * Parses by a schema.
 *
 * @param status 400 for URL parameters, 422 for a body
 * @throws ApiError that names every invalid field
 */
export function parseOrThrow<S extends z.ZodType>(
  schema: S | undefined,
  value: unknown,
  status: 400 | 422,
): z.output<S> | undefined {
  if (schema === undefined) return undefined
  // `reportInput` is needed to tell a missing field from a wrong one. The input is never put in a response.
  const result = schema.safeParse(value, { error: describeIssue, reportInput: true })
  if (result.success) {
    refuseNul(result.data, status)
    return result.data
  }
  const errors = withoutRepeats(result.error.issues.flatMap(toFieldErrors))
  throw new ApiError(status, 'validation-failed', describeFields(errors), { errors })
}

/**
 * Refuses NUL characters, whatever the schema allows: SQLite's driver truncates a statement at NUL, and no field needs
 * one.
 */
function refuseNul(parsed: unknown, status: 400 | 422): void {
  const errors: FieldError[] = []
  // Iterative: where a schema is open, the client decides how deep the nesting goes.
  const left: { readonly field: string; readonly value: unknown }[] = [{ field: '', value: parsed }]
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const { field, value } = at
    if (typeof value === 'string') {
      if (value.includes('\0')) errors.push({ field, code: 'invalid-format', message: 'must not contain NUL' })
    } else if (isPlain(value)) {
      for (const [name, inner] of Object.entries(value)) {
        if (name.includes('\0')) errors.push({ field, code: 'invalid-format', message: 'must not contain NUL' })
        else left.push({ field: field === '' ? name : `${field}.${name}`, value: inner })
      }
    }
  }
  if (errors.length > 0) throw new ApiError(status, 'validation-failed', describeFields(errors), { errors })
}

/** A JSON array or object; not the dates or bytes that schemas produce. */
function isPlain(value: unknown): value is object {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function toFieldErrors(issue: z.core.$ZodIssue): readonly FieldError[] {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: field === '' ? key : `${field}.${key}`,
      code: 'unknown-field',
      message: 'is not a field of this request',
    }))
  }
  return [{ field, code: codeOf(issue), message: issue.message }]
}

/**
 * One value may violate two rules with the same message, such as a number too large both as an integer and for its
 * range.
 */
function withoutRepeats(errors: readonly FieldError[]): readonly FieldError[] {
  return [...new Map(errors.map((error) => [JSON.stringify([error.field, error.code, error.message]), error])).values()]
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'required'
  if (issue.code === 'invalid_value') return 'unknown-value'
  // A discriminated union offers words to choose from; other unions are alternative notations of one value.
  if (issue.code === 'invalid_union') return issue.discriminator === undefined ? 'invalid-format' : 'unknown-value'
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code']
    return typeof code === 'string' ? code : 'invalid'
  }
  return issue.code.replaceAll('_', '-')
}
