/** `?,?,…` */
export function marks(count: number): string {
  return '?,'.repeat(count).slice(0, -1)
}

/** `(?,?),(?,?),…` */
export function pairs(count: number): string {
  return '(?,?),'.repeat(count).slice(0, -1)
}

/** Truncated to the column's length: MySQL in strict mode would refuse the row. */
export function clip(value: string | null, length: number): string | null {
  return value === null || value.length <= length ? value : value.slice(0, length)
}
