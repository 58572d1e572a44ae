/** `?,?,…` */
export function marks(count: number): string {
  return '?,'.repeat(count).slice(0, -1)
}

/** `(?,?),(?,?),…` */
export function pairs(count: number): string {
  return '(?,?),'.repeat(count).slice(0, -1)
}

/** A time read back: text in SQLite, a Date in MySQL. */
export function readTime(value: unknown): Date | null {
  if (value instanceof Date) return value
  return typeof value === 'string' ? new Date(value.replace(' +00:00', 'Z').replace(' ', 'T')) : null
}

export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function readNumber(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** Cut to the column's length: strict MySQL would refuse the row. */
export function clip(value: string | null, length: number): string | null {
  return value === null || value.length <= length ? value : value.slice(0, length)
}
