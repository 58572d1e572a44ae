/** A condition with the values of its placeholders. */
export interface Condition {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** A condition on an optional value: `when(from, 'received_at >= ?')`. */
export function when(value: unknown, sql: string): Condition | null {
  return value === undefined || value === null ? null : { sql, values: [value] }
}

/** `WHERE a AND b` with its values, or nothing if no condition is left. */
export function where(...conditions: readonly (Condition | null)[]): Condition {
  const given = conditions.flatMap((condition) => condition ?? [])
  if (given.length === 0) return { sql: '', values: [] }
  return {
    sql: `WHERE ${given.map(({ sql }) => `(${sql})`).join(' AND ')}`,
    values: given.flatMap(({ values }) => values),
  }
}
