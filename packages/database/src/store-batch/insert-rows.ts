import type { SqlValue, Statement, Statements } from '../connection/statements.ts'

/** Rows for one INSERT: `values` holds them consecutively, each as long as `columns`. */
export interface NewRows {
  readonly table: string
  readonly columns: readonly string[]
  readonly values: readonly SqlValue[]
  /** What follows the values: `ON CONFLICT …`, `RETURNING …`. */
  readonly tail: string
}

/**
 * One INSERT for many rows with as few values as possible: each costs a third of a microsecond to pass, and many
 * columns are empty in all rows of a batch (omitted, so NULL must be their default), or equal in all (passed once in
 * SQLite, whose parameters are numbered).
 */
export function insertStatement(dialect: Statements['dialect'], { table, columns, values, tail }: NewRows): Statement {
  const width = columns.length
  const rowCount = values.length / width
  const used: number[] = []
  const isConstant: boolean[] = []
  for (let column = 0; column < width; column += 1) {
    const first = values[column]
    let isSame = true
    for (let at = column + width; isSame && at < values.length; at += width) isSame = values[at] === first
    if (isSame && first === null) continue
    used.push(column)
    isConstant.push(isSame && rowCount > 1 && dialect === 'sqlite')
  }
  const given: SqlValue[] = []
  for (const [index, column] of used.entries()) if (isConstant[index] === true) given.push(values[column] ?? null)
  for (let start = 0; start < values.length; start += width) {
    for (const [index, column] of used.entries())
      if (isConstant[index] !== true) given.push(values[start + column] ?? null)
  }
  const names = used.map((column) => columns[column]).join(', ')
  const shape = `${dialect} ${table} ${rowCount} ${names} ${isConstant.map(Number).join('')} ${tail}`
  return {
    sql: keptText(shape, () => writeText(`INSERT INTO ${table} (${names}) VALUES `, isConstant, rowCount) + tail),
    values: given,
  }
}

function writeText(head: string, isConstant: readonly boolean[], rowCount: number): string {
  const constants = isConstant.filter(Boolean).length
  let next = constants
  const rows: string[] = []
  for (let row = 0; row < rowCount; row += 1) {
    let constant = 0
    // Without constants plain placeholders suffice, in either database.
    const marks = isConstant.map((isSame) =>
      constants === 0 ? '?' : isSame ? `?${(constant += 1)}` : `?${(next += 1)}`,
    )
    rows.push(`(${marks.join(',')})`)
  }
  return head + rows.join(',')
}

const MAX_TEXTS = 500
const texts = new Map<string, string>()

/**
 * Returns equal texts as the same string, so that the connection's cache of compiled statements need not hash it again.
 */
function keptText(shape: string, write: () => string): string {
  const kept = texts.get(shape)
  if (kept !== undefined) return kept
  const text = write()
  // Shapes depend on what devices send and on batch sizes: few. If there are many, start over.
  if (texts.size >= MAX_TEXTS) texts.clear()
  texts.set(shape, text)
  return text
}
