/** A problem of a message or a report; whatever it does not concern remains valid. */
export interface Problem {
  /** The field's name on the wire; empty if it concerns the whole. */
  readonly field: string
  /** Stable, for programs. */
  readonly code: string
  /** For users: one sentence. */
  readonly message: string
}

/**
 * Trust in a report's position:
 *
 * - `good`: nothing speaks against it
 * - `suspect`: it may be wrong; a user or the next fix has to decide
 * - `bad`: a position was sent that cannot be true; it is ignored
 * - `missing`: none was sent
 * - `not-evaluated`: stored before positions were judged
 */
export type ReportQuality = 'good' | 'not-evaluated' | 'suspect' | 'bad' | 'missing'

/** Reads the `problems` column of messages and reports, including its former format (`detail`, `raw`). */
export function readProblems(stored: unknown): readonly Problem[] {
  return Array.isArray(stored) ? stored.flatMap((entry: unknown) => readProblem(entry) ?? []) : []
}

function readProblem(entry: unknown): Problem | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { field, code, message, detail }: Partial<Record<string, unknown>> = { ...entry }
  const words = message ?? detail
  if (typeof field !== 'string' || typeof code !== 'string' || typeof words !== 'string') return null
  return { field, code, message: words }
}

/** Another message has already reported the fix: a sign of life, but nothing new. */
export const REPEAT: Problem = { field: '', code: 'repeat', message: 'it repeats an earlier message of the modem' }

const IMPLAUSIBLE: Problem = {
  field: '',
  code: 'implausible',
  message: 'too far from the neighbouring fixes to be plausible; a second fix or a person has to confirm it',
}

/** All problems of a report: those found when it was decoded, and those its other columns show. */
export function problemsOfReport(report: {
  readonly problems: readonly Problem[]
  readonly repeatOfId: number | null
  readonly quality: ReportQuality
}): readonly Problem[] {
  const { problems, repeatOfId, quality } = report
  if (repeatOfId === null && quality !== 'suspect') return problems
  return [
    ...(repeatOfId === null ? [] : [REPEAT]),
    ...(quality === 'suspect' ? [IMPLAUSIBLE] : []),
    ...problems.filter(({ code }) => code !== REPEAT.code && code !== IMPLAUSIBLE.code),
  ]
}
