import { columnTime, type Statements } from '../connection/statements.ts'
import { readNumber, readNumberOrNull, readText, readTimeOrNull } from '../queries/statement.ts'
import { fixKey, type Reporting } from './reporting.ts'
import { pairs } from './values.ts'

/** The first report with a fix, which all others with the same fix repeat. */
export interface FirstReport {
  readonly id: number
  readonly isSuspect: boolean
}

/** Existing reports with the same fix of the same modem, by fix. */
export async function findSameFixes(
  sql: Statements,
  reporting: readonly Reporting[],
): Promise<ReadonlyMap<string, FirstReport>> {
  // By definition, a fix newer than all earlier ones repeats none of them, and needs no query.
  const fixes = reporting.flatMap(({ message, report, modemId }) => {
    const newest = message.modem?.newestFixAt ?? null
    const { fixAt } = report
    return newest === null || fixAt === null || fixAt > newest || fixKey(modemId, report) === null
      ? []
      : [modemId, columnTime(sql.dialect, fixAt)]
  })
  if (fixes.length === 0) return new Map()
  const count = fixes.length / 2
  // The two databases write pairs differently; with these forms both use the index on (modem_id, fix_at).
  const list = sql.dialect === 'sqlite' ? `VALUES ${pairs(count)}` : pairs(count)
  const rows = await sql.all(
    `SELECT id, modem_id, fix_at, latitude, longitude, quality FROM reports
     WHERE (modem_id, fix_at) IN (${list}) AND repeat_of_id IS NULL ORDER BY id DESC`,
    fixes,
  )
  const known = new Map<string, FirstReport>()
  for (const row of rows) {
    const key = fixKey(readNumber(row, 'reports.modem_id'), {
      hasFix: true,
      fixAt: readTimeOrNull(row, 'reports.fix_at'),
      latitude: readNumberOrNull(row, 'reports.latitude'),
      longitude: readNumberOrNull(row, 'reports.longitude'),
    })
    // Newest first, so that the oldest remains: the first report is the one that all others repeat.
    const isSuspect = readText(row, 'reports.quality') === 'suspect'
    if (key !== null) known.set(key, { id: readNumber(row, 'reports.id'), isSuspect })
  }
  return known
}

/** Repeats within the batch, as message ids: the repeat's, and the first one's. */
export function repeatsWithin(
  reporting: readonly Reporting[],
  earlier: ReadonlyMap<string, FirstReport>,
): ReadonlyMap<number, number> {
  const firsts = new Map<string, number>()
  const repeats = new Map<number, number>()
  for (const { message, report, modemId } of reporting) {
    const key = fixKey(modemId, report)
    if (key === null || earlier.has(key)) continue
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, message.id)
    else repeats.set(message.id, first)
  }
  return repeats
}
