import type { Problem, ReportRow, StoredReport } from '@paikea/database'
import { presentFields } from '../../http/fields.ts'
import { ReportSchema, type ReportView } from './schema.ts'

/** Fields not presented as they are stored. */
type Worked = 'iridium' | 'isRepeat' | 'problems'
type Plain = Exclude<keyof ReportView, Worked>

const WORKED: ReadonlySet<string> = new Set<Worked>(['iridium', 'isRepeat', 'problems'])
// `Object.keys` loses the key type.
const PLAIN = Object.keys(ReportSchema.shape).filter((key) => !WORKED.has(key)) as Plain[]

/** A report as the API returns it: the fields of the schema, times in ISO 8601. */
export function presentReport(row: ReportRow): ReportView {
  return {
    ...presentFields(row, PLAIN),
    iridium: presentIridium(row),
    isRepeat: row.repeatOfId !== null,
    problems: row.problems.map(presentProblem),
  }
}

/** The same for a report that has just been stored, without reading it back. */
export function presentStoredReport(report: StoredReport): ReportView {
  const { iridium } = report
  return presentReport({
    ...report,
    deviceId: null,
    iridiumLatitude: iridium?.latitudeDegrees ?? null,
    iridiumLongitude: iridium?.longitudeDegrees ?? null,
    iridiumCepKm: iridium?.cepKm ?? null,
    isIridiumReliable: iridium?.isReliable ?? true,
  })
}

/** Iridium's estimate, if there is one. */
export function presentIridium(
  row: Pick<ReportRow, 'iridiumLatitude' | 'iridiumLongitude' | 'iridiumCepKm' | 'isIridiumReliable'>,
): ReportView['iridium'] {
  const { iridiumLatitude: latitude, iridiumLongitude: longitude, iridiumCepKm: cepKm } = row
  return latitude === null || longitude === null
    ? null
    : { latitude, longitude, cepKm, reliable: row.isIridiumReliable }
}

/** Presents a problem of a report or a message. */
export function presentProblem({ field, code, message }: Problem): Problem {
  return { field, code, message }
}
