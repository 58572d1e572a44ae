/** Something found wrong with a message or a report. What it does not touch stands. */
export interface Problem {
  /** The field's name on the wire; empty where it is about the whole. */
  readonly field: string
  /** Stable, for programs. */
  readonly code: string
  /** For people: one sentence. */
  readonly message: string
}

/**
 * How far a report's position is believed:
 *
 * - `good`: nothing speaks against it
 * - `suspect`: it may be wrong, and a person or the next fix has to say
 * - `bad`: a position was sent that cannot be true; it is not one
 * - `missing`: none was sent
 * - `not-evaluated`: stored before positions were judged
 */
export type ReportQuality = 'good' | 'not-evaluated' | 'suspect' | 'bad' | 'missing'

/** Reads the `problems` column of messages and reports, in its form of before too (`detail`, `raw`). */
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

/** The fix came before, by another message: a sign of life, and nothing new. */
export const REPEAT: Problem = { field: '', code: 'repeat', message: 'it repeats an earlier message of the modem' }

const IMPLAUSIBLE: Problem = {
  field: '',
  code: 'implausible',
  message: 'too far from the neighbouring fixes to be plausible; a second fix or a person has to confirm it',
}

/** What is wrong with a report: what was found when it was read, and what stands in its other columns. */
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
