import type { Problem } from '@paikea/database'
import type { FieldProblem } from '@paikea/packets'
import type { WebhookProblem } from '@paikea/rockblock-client'

const NONE: readonly Problem[] = Object.freeze([])

/** Converts the problems of the two libraries into the form that is stored and shown. */
export function toProblems(found: readonly (FieldProblem | WebhookProblem)[]): readonly Problem[] {
  return found.length === 0 ? NONE : found.map(toProblem)
}

function toProblem(found: FieldProblem | WebhookProblem): Problem {
  const { field, code, detail } = found
  const raw = 'raw' in found ? found.raw : ''
  return { field, code, message: raw === '' ? detail : `${detail}: ${raw}` }
}
