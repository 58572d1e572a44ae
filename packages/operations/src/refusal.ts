/** One fault of one field of the request. */
export interface FieldError {
  /** Path of the field as the caller wrote it, for example `target.imei`. */
  readonly field: string
  /** Stable, for machines. */
  readonly code: string
  readonly message: string
}

/**
 * Why something was not done.
 *
 * - `unauthenticated`: the caller is unknown
 * - `forbidden`: the caller is known and not allowed
 * - `not-found`: there is no such thing, or none the caller may know of; the two look the same
 * - `conflict`: something is in the way of a well-formed wish
 * - `invalid`: fields of the wish are wrong
 */
export type RefusalKind = 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'invalid'

/** An expected refusal of an operation; its text may be shown to the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  /** Stable, for machines. */
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(kind: RefusalKind, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail)
    this.kind = kind
    this.code = code
    this.errors = errors
  }
}

/** For a thing that does not exist, or that the caller may not know of. */
export function refuseUnknown(what: string): Refusal {
  return new Refusal('not-found', 'not-found', `There is no such ${what}, or you may not see it.`)
}

/** For a known caller who may not do this. */
export function refuseForbidden(detail: string): Refusal {
  return new Refusal('forbidden', 'forbidden', detail)
}

/** For something that is in the way of a well-formed wish. */
export function refuseConflict(code: string, detail: string, field?: string): Refusal {
  return new Refusal('conflict', code, detail, field === undefined ? [] : [{ field, code, message: detail }])
}

/**
 * For a field that is wrong.
 *
 * @param message the end of a sentence that begins with the field's name
 * @param detail the whole sentence, if it reads better than field and message together
 */
export function refuseField(field: string, code: string, message: string, detail = `${field}: ${message}`): Refusal {
  return new Refusal('invalid', 'validation-failed', detail, [{ field, code, message }])
}
