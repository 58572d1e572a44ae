/** Says that a stored value is not of its column's kind. */
export const WRONG = Symbol('wrong')
type Wrong = typeof WRONG

/** Sums and large integers come as text from MySQL. */
export function parseNumber(stored: unknown): number | Wrong {
  if (typeof stored === 'number') return stored
  if (typeof stored === 'bigint') return Number(stored)
  if (typeof stored !== 'string' || stored === '') return WRONG
  const value = Number(stored)
  return Number.isNaN(value) ? WRONG : value
}

const TIME_TEXT = /^(\d{4}-\d\d-\d\d) (\S+)(?: \+00:00)?$/

/** A Date from MySQL; text in SQLite, "2026-11-24 16:29:06.123 +00:00". */
export function parseTime(stored: unknown): Date | Wrong {
  const at = typeof stored === 'string' ? new Date(toIso(stored)) : stored
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at : WRONG
}

function toIso(text: string): string {
  // Fifty thousand of them are in a large fleet: cut, not matched.
  if (text.length === 30 && text.endsWith(' +00:00')) return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
  return text.replace(TIME_TEXT, '$1T$2Z')
}

/** SQLite and MySQL have numbers for it. */
export function parseFlag(stored: unknown): boolean | Wrong {
  if (typeof stored === 'boolean') return stored
  const value = parseNumber(stored)
  return value === 0 ? false : value === 1 ? true : WRONG
}

export function parseText(stored: unknown): string | Wrong {
  return typeof stored === 'string' ? stored : WRONG
}

export function parseBytes(stored: unknown): Buffer | Wrong {
  if (Buffer.isBuffer(stored)) return stored
  return stored instanceof Uint8Array ? Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength) : WRONG
}

export function parseJson<T>(stored: unknown, read: (value: unknown) => T): T | Wrong {
  if (stored === null) return read(null)
  if (typeof stored !== 'string') return WRONG
  try {
    return read(JSON.parse(stored))
  } catch {
    return WRONG
  }
}
