import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'

import { searchAttributeNames } from '../contract/names.ts'

/** Makes a parked delivery findable (`NeedsOperator = true`) and says what to do. */
export function notifyOperator(park: {
  readonly reason: string
  readonly what: string
  readonly whatToDo: string
}): void {
  if (hasSearchAttributes()) {
    upsertSearchAttributes({
      [searchAttributeNames.needsOperator]: [true],
      [searchAttributeNames.parkReason]: [park.reason],
    })
  }
  upsertMemo({
    parked: park.reason,
    what: park.what,
    whatToDo: park.whatToDo,
    howToResume:
      'Send this workflow the signal "resume" (or "cancel"); many at once by the query NeedsOperator = true.',
  })
}

/** Takes the notes back. */
export function releaseOperator(): void {
  if (hasSearchAttributes()) {
    upsertSearchAttributes({ [searchAttributeNames.needsOperator]: [false], [searchAttributeNames.parkReason]: [] })
  }
  upsertMemo({ parked: null, what: null, whatToDo: null, howToResume: null })
}

/**
 * Setting one that is not registered would block the workflow for ever. It was started with some exactly where they are
 * registered, and they are registered together.
 */
function hasSearchAttributes(): boolean {
  return workflowInfo().typedSearchAttributes.getAll().length > 0
}
