/** The outcome of reading one value: the value, or why not. Readers never throw. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: 'malformed' | 'out-of-range'; readonly detail: string }

/** A value that was read. */
export function read<T>(value: T): Reading<T> {
  return { ok: true, value }
}

/** A value in the wrong format. */
export function malformed(detail: string): Reading<never> {
  return { ok: false, code: 'malformed', detail }
}

/** A value in the right format that cannot be true. */
export function outOfRange(detail: string): Reading<never> {
  return { ok: false, code: 'out-of-range', detail }
}
