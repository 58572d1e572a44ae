import type { z } from 'zod'
import { ApiError, describeFields, type FieldError } from './api-error.ts'
import { describeIssue } from './describe-issue.ts'

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
  if (result.success) return result.data
  const errors = result.error.issues.flatMap(toFieldErrors)
  throw new ApiError(status, 'validation-failed', describeFields(errors), { errors })
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

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'required'
  if (issue.code === 'invalid_union' || issue.code === 'invalid_value') return 'unknown-value'
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.['code']
    return typeof code === 'string' ? code : 'invalid'
  }
  return issue.code.replaceAll('_', '-')
}
