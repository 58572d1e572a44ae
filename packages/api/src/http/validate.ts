import type { z } from 'zod'
import { ApiError, describeFields, type FieldError } from './api-error.ts'
import { describeIssue, isMissing } from './describe-issue.ts'

/**
 * Parses by a schema.
 *
 * @param status 400 for what stands in the URL, 422 for a body
 * @throws ApiError that names every field at fault
 */
export function parseOrThrow<S extends z.ZodType>(
  schema: S | undefined,
  value: unknown,
  status: 400 | 422,
): z.output<S> | undefined {
  if (schema === undefined) return undefined
  // With the input: only by that a field that is missing is told from one that is wrong. It goes into no answer.
  const result = schema.safeParse(value, { error: describeIssue, reportInput: true })
  if (result.success) {
    refuseNul(result.data, status)
    return result.data
  }
  const errors = withoutRepeats(result.error.issues.flatMap(toFieldErrors))
  throw new ApiError(status, 'validation-failed', describeFields(errors), { errors })
}

/**
 * SQLite's driver cuts a statement off at a NUL, and no field has a use for one: whatever a schema lets through, none
 * goes further.
 */
function refuseNul(parsed: unknown, status: 400 | 422): void {
  const errors: FieldError[] = []
  // Not by recursion: what a schema leaves open may be nested as deeply as its sender likes.
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

/** A list or an object as JSON has them; not times or bytes, which schemas make. */
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

/** One value may break two rules that say the same, as a number that is too great for an integer and too great. */
function withoutRepeats(errors: readonly FieldError[]): readonly FieldError[] {
  return [...new Map(errors.map((error) => [JSON.stringify([error.field, error.code, error.message]), error])).values()]
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'required'
  if (issue.code === 'invalid_value') return 'unknown-value'
  // Forms that are told apart by a field of theirs are words to choose from; others are ways to write one value.
  if (issue.code === 'invalid_union') return issue.discriminator === undefined ? 'invalid-format' : 'unknown-value'
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code']
    return typeof code === 'string' ? code : 'invalid'
  }
  return issue.code.replaceAll('_', '-')
}
