import { isUnavailable } from '@paikea/database'
import { NotDurableError } from '@paikea/intake'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'

/** Failure types as they stand in histories; workflows switch on these strings. */
export const failureTypes = {
  databaseUnavailable: 'database-unavailable',
  tryLater: 'try-later',
  unexpected: 'unexpected',
} as const

/** Turns what an activity met into a failure: everything is tried again, with the reason in plain sight. */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  // Without a cause the intake has not even asked: it knows that the database is away.
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

/** A send that may be repeated, as a failure so that the waiting and the reason show in Temporal's UI. */
export function tryLaterFailure(reason: string, attempt: number, retryInMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureTypes.tryLater,
    message: `Send ${attempt} must be repeated: ${reason}`,
    nextRetryDelay: retryInMs,
    category: ApplicationFailureCategory.BENIGN,
  })
}

/** Runs an activity's work with its errors turned into failures. */
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
