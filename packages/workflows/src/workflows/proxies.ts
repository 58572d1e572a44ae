import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow'

import type { Activities } from '../activities/create-activities.ts'
import type { OutboundInput } from '../contract/inputs.ts'
import { programsTaskQueue, vendorTaskQueue } from '../contract/names.ts'

/* One proxy per retry policy. */

/** Database work of milliseconds: a few immediate retries, no round trip to the server. */
export const quickDatabase = proxyLocalActivities<Pick<Activities, 'actOnMessage'>>({
  startToCloseTimeout: '20 s',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/**
 * The first attempt of a send. Its fence is in the database, so a retry after a database failure is safe. The time-out
 * exceeds the time to take the turn, the vendor client's own time-out and recording the outcome, together.
 */
export const quickSend = proxyLocalActivities<Pick<Activities, 'tryDeliver'>>({
  startToCloseTimeout: '90 s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/** Programs are tried in parallel; the activity waits a second, and recording the outcomes may take longer. */
export const quickPrograms = proxyLocalActivities<Pick<Activities, 'tryPrograms'>>({
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/** Probes a paused endpoint, or drains its backlog for some seconds; rides out an unavailable database. */
export function patientProbe(): Pick<Activities, 'probeEndpoint'> {
  return proxyActivities<Pick<Activities, 'probeEndpoint'>>({
    taskQueue: programsTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '90 s',
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '30 s' },
  })
}

/** For while the database is unavailable, however long: retried for ever, with the reason visible in the UI. */
export const patientDatabase = proxyActivities<
  Pick<
    Activities,
    'actOnMessage' | 'lookAtRecovery' | 'probeAccount' | 'putThroughIntake' | 'recordOutcome' | 'tryPrograms'
  >
>({
  startToCloseTimeout: '60 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '30 s' },
})

/**
 * Sends that are repeated, for days if need be, on their own task queue. The server limits the rate of the vendor's
 * queue, so that a vendor coming back is not overrun. The activity sets its delays (`nextRetryDelay`); those here apply
 * while the database is unavailable. Cancelling waits for a send in flight to end: only then is it known whether it
 * left.
 */
export function patientSend(queue: OutboundInput['queue']): Pick<Activities, 'deliver'> {
  const queueOf = queue === 'programs' ? programsTaskQueue : vendorTaskQueue
  return proxyActivities<Pick<Activities, 'deliver'>>({
    taskQueue: queueOf(workflowInfo().taskQueue),
    startToCloseTimeout: '120 s',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '2 s', backoffCoefficient: 2, maximumInterval: '60 s' },
  })
}
