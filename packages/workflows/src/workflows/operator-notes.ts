import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'

import { searchAttributeNames } from '../contract/names.ts'

/** Marks a parked delivery for search (`NeedsOperator = true`) and says what to do. */
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

/** Removes the marks. */
export function releaseOperator(): void {
  if (hasSearchAttributes()) {
    upsertSearchAttributes({ [searchAttributeNames.needsOperator]: [false], [searchAttributeNames.parkReason]: [] })
  }
  upsertMemo({ parked: null, what: null, whatToDo: null, howToResume: null })
}

/**
 * Setting an unregistered attribute would block the workflow for ever. All are registered together, and the workflow
 * was started with some exactly if they are.
 */
function hasSearchAttributes(): boolean {
  return workflowInfo().typedSearchAttributes.getAll().length > 0
}
