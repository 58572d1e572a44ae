import { bigint, id, now, text, time, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** Subjects of errors: a quarantined message, or a delivery that needs an operator. */
export const ERROR_KINDS = ['message', 'delivery'] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

/** Errors that a user has dismissed. */
export const DISMISSED_ERRORS = table('dismissed_errors', {
  id,
  kind: word(ERROR_KINDS, 16),
  /** Id of the message or the delivery. */
  subjectId: bigint,
  /** Time of the state that was dismissed; a later failure is a new error. */
  asOf: time,
  dismissedBy: text(120),
  createdAt: now,
})

export type DismissedError = ModelOf<typeof DISMISSED_ERRORS>
