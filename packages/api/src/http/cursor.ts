import { ApiError } from './api-error.ts'

/** Where a list ordered by id goes on: after this one. */
export interface IdKeyset {
  readonly id: number
}

/** Where a list ordered by a time and then by id goes on. */
export interface TimedKeyset extends IdKeyset {
  readonly at: Date
}

/** A page of a list. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** Callers are not meant to read it, so its form may change. */
export function encodeCursor(keyset: IdKeyset | TimedKeyset): string {
  const parts = 'at' in keyset ? [keyset.id, keyset.at.getTime()] : [keyset.id]
  return Buffer.from(parts.map((part) => part.toString(36)).join('.')).toString('base64url')
}

/**
 * Reads a cursor that {@link encodeCursor} wrote for a list of this order.
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
 * Cuts a page out of rows that were fetched one further than the page is long.
 *
 * @param keyOf the keyset of a row
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
 * A page of a list that is ordered by id, newest first.
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
