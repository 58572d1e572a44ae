/** `?,?,…` */
export function marks(count: number): string {
  return '?,'.repeat(count).slice(0, -1)
}

/** `(?,?),(?,?),…` */
export function pairs(count: number): string {
  return '(?,?),'.repeat(count).slice(0, -1)
}

/** Cut to the column's length: strict MySQL would refuse the row. */
export function clip(value: string | null, length: number): string | null {
  return value === null || value.length <= length ? value : value.slice(0, length)
}
