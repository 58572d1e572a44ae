import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow'

import type { Activities } from '../activities/create-activities.ts'
import type { OutboundInput } from '../contract/inputs.ts'
import { programsTaskQueue, vendorTaskQueue } from '../contract/names.ts'

/*
 * One proxy for each kind of patience.
 */

/** Database work of milliseconds: a few tries on the spot, no round trip to the server. */
export const quickDatabase = proxyLocalActivities<Pick<Activities, 'actOnMessage'>>({
  startToCloseTimeout: '20 s',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/**
 * The first try of a send. Its fence is in the database, so trying again after a failure of the database is safe. The
 * time is longer than taking the turn may last before a send, the vendor client's own time-out and writing it down.
 */
export const quickSend = proxyLocalActivities<Pick<Activities, 'tryDeliver'>>({
  startToCloseTimeout: '90 s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/** Programs are tried side by side; the activity waits a second, and writing down what it meets may take longer. */
export const quickPrograms = proxyLocalActivities<Pick<Activities, 'tryPrograms'>>({
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/** Looks at an endpoint that is paused, or sends on what waits behind it for some seconds; the database may be away meanwhile. */
export function patientProbe(): Pick<Activities, 'probeEndpoint'> {
  return proxyActivities<Pick<Activities, 'probeEndpoint'>>({
    taskQueue: programsTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '90 s',
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '30 s' },
  })
}

/** The database is away, for however long: tried for ever, with the reason in plain sight. */
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
 * Sends that are repeated, for days if need be, on a task queue of their own; that towards the vendor is limited in rate by
 * the server, so that one who comes back is not run over. The pauses are the activity's own advice (`nextRetryDelay`); these here are for the
 * database being away. Cancelling waits for a running send to end: only then is it known whether it left.
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
