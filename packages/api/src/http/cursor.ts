import { ApiError } from './api-error.ts'

/** Keyset of a list ordered by id: the last id already returned. */
export interface IdKeyset {
  readonly id: number
}

/** Keyset of a list ordered by time, then id. */
export interface TimedKeyset extends IdKeyset {
  readonly at: Date
}

/** One page of a list. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** Encodes a keyset. The text is opaque to callers, so its form may change. */
export function encodeCursor(keyset: IdKeyset | TimedKeyset): string {
  const parts = 'at' in keyset ? [keyset.id, keyset.at.getTime()] : [keyset.id]
  return Buffer.from(parts.map((part) => part.toString(36)).join('.')).toString('base64url')
}

/**
 * Decodes a cursor that {@link encodeCursor} wrote for a list of this order.
 *
 * @throws ApiError 400 for anything else
 */
export function decodeCursor(cursor: string | undefined, order: 'timed'): TimedKeyset | null
export function decodeCursor(cursor: string | undefined, order: 'by-id'): IdKeyset | null
export function decodeCursor(cursor: string | undefined, order: 'timed' | 'by-id'): IdKeyset | TimedKeyset | null {
  if (cursor === undefined) return null
  const match = /^([0-9a-z]{1,11})(?:\.(-?[0-9a-z]{1,10}))?$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  const id = Number.parseInt(match?.[1] ?? '', 36)
  if (!Number.isSafeInteger(id)) throw invalidCursor()
  if (order === 'by-id') {
    if (match?.[2] !== undefined) throw invalidCursor()
    return { id }
  }
  const at = new Date(Number.parseInt(match?.[2] ?? '', 36))
  if (Number.isNaN(at.getTime())) throw invalidCursor()
  return { id, at }
}

/**
 * Makes a page from rows fetched with `limit + 1`: the extra row tells whether there is a next page.
 *
 * @param keyOf returns a row's keyset
 */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => IdKeyset | TimedKeyset,
  present: (row: R) => T,
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => present(row)),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  }
}

/**
 * A page of a list ordered by id, newest first.
 *
 * @param load reads up to `limit` rows after an id
 */
export async function pageById<R extends IdKeyset, T>(
  query: { readonly limit: number; readonly cursor?: string | undefined },
  load: (page: { readonly limit: number; readonly afterId: number | null }) => Promise<readonly R[]>,
  present: (row: R) => T,
): Promise<Page<T>> {
  const afterId = decodeCursor(query.cursor, 'by-id')?.id ?? null
  const rows = await load({ limit: query.limit + 1, afterId })
  return toPage(rows, query.limit, ({ id }) => ({ id }), present)
}

function invalidCursor(): ApiError {
  return new ApiError(400, 'invalid-cursor', 'The cursor does not belong to this list.', {
    errors: [{ field: 'cursor', code: 'invalid-cursor', message: 'does not belong to this list' }],
  })
}
