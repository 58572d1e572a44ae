import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow'

import type { FirmwareActivities } from '../activities/firmware/firmware-deps.ts'

/** A fetch, for as long as its own limits allow; the activity sets its retry delays. */
export const patientFetch = proxyActivities<Pick<FirmwareActivities, 'fetchRelease'>>({
  startToCloseTimeout: '20 min',
  heartbeatTimeout: '45 s',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '5 s', backoffCoefficient: 2, maximumInterval: '10 min' },
})

/** Looks at rows: milliseconds in the database. */
export const quickLook = proxyLocalActivities<Pick<FirmwareActivities, 'lookAtUpgrade' | 'advanceRollout'>>({
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '50 ms', maximumInterval: '500 ms', maximumAttempts: 3 },
})

/** The same while the database is unavailable, for however long. */
export const patientLook = proxyActivities<Pick<FirmwareActivities, 'lookAtUpgrade' | 'advanceRollout'>>({
  startToCloseTimeout: '60 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '30 s' },
})

/** A conversation with a device; never retried automatically, since its response decides what follows. */
export const deviceTalk = proxyActivities<Pick<FirmwareActivities, 'sendIntoUpdater'>>({
  startToCloseTimeout: '60 s',
  retry: { maximumAttempts: 2 },
})
