import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow'

import type { ReleaseStep } from '../activities/firmware/firmware-deps.ts'
import type { FirmwareReleaseInput, FirmwareReleaseResult } from '../contract/inputs.ts'
import { patientFetch } from './firmware-proxies.ts'
import { notifyOperator, releaseOperator } from './operator-notes.ts'
import { cancelSignal, lookSignal, resumeSignal } from './signals.ts'

/** How often a parked fetch retries unprompted: the cause may have been fixed without a signal. */
const PARKED_LOOK = '1 hour'

/** Builds one release: fetches until it is ready, refused, or cancelled. */
export async function firmwareRelease(input: FirmwareReleaseInput): Promise<FirmwareReleaseResult> {
  let wantsAnew = false
  const again = (): void => void (wantsAnew = true)
  setHandler(resumeSignal, again)
  setHandler(cancelSignal, again)
  setHandler(lookSignal, again)
  for (;;) {
    wantsAnew = false
    const step = await fetchOnce(input.releaseId, () => wantsAnew)
    if (step === null) continue
    switch (step.step) {
      case 'over': {
        const { state, commit, files, bytes } = step
        return { releaseId: input.releaseId, state, commit, files, bytes }
      }
      case 'failed':
        // Shown as failed in Temporal's UI: this commit never becomes a release.
        throw ApplicationFailure.nonRetryable(step.detail, step.code)
      case 'parked':
        notifyOperator(step)
        await condition(() => wantsAnew, PARKED_LOOK)
        releaseOperator()
        break
    }
  }
}

/**
 * One fetch with all its retries. A signal ends it: the row tells whether it was cancelled or should start again at
 * once.
 *
 * @returns `null` if a signal ended it
 */
async function fetchOnce(releaseId: number, isWanted: () => boolean): Promise<ReleaseStep | null> {
  const scope = new CancellationScope()
  const trying = scope.run(() => patientFetch.fetchRelease(releaseId))
  const ended = trying.then(
    () => true,
    () => true,
  )
  await Promise.race([ended, condition(isWanted)])
  if (isWanted()) scope.cancel()
  try {
    return await trying
  } catch (error) {
    if (!isWanted() || !(error instanceof TemporalFailure)) throw error
    if (isCancellation(error)) return null
    return null
  }
}
