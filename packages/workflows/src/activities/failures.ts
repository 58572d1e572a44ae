import { isUnavailable } from '@paikea/database'
import { NotDurableError } from '@paikea/intake'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'

/** Failure types as recorded in histories; workflows switch on these strings. */
export const failureTypes = {
  databaseUnavailable: 'database-unavailable',
  tryLater: 'try-later',
  unexpected: 'unexpected',
} as const

/** Turns an activity's error into a retryable failure whose message shows the reason. */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  // Without a cause the intake did not even try: it knows that the database is unavailable.
  if (isUnavailable(error) || (error instanceof NotDurableError && error.cause === undefined)) {
    return ApplicationFailure.create({
      type: failureTypes.databaseUnavailable,
      message: `The database is unreachable: ${messageOf(error)}`,
      category: ApplicationFailureCategory.BENIGN,
    })
  }
  return ApplicationFailure.create({
    type: failureTypes.unexpected,
    message: messageOf(error),
    ...(error instanceof Error ? { cause: error } : {}),
  })
}

/** A send to be repeated, as a failure, so that the wait and its reason show in Temporal's UI. */
export function tryLaterFailure(reason: string, attempt: number, retryInMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureTypes.tryLater,
    message: `Send ${attempt} must be repeated: ${reason}`,
    nextRetryDelay: retryInMs,
    category: ApplicationFailureCategory.BENIGN,
  })
}

/** Runs an activity's work and turns its errors into failures. */
export async function withFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw toFailure(error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
