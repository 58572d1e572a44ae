import { advanceRollout } from './advance-rollout.ts'
import { withFailures } from '../failures.ts'
import { fetchRelease } from './fetch-release.ts'
import type { FirmwareActivities, FirmwareDeps } from './firmware-deps.ts'
import { lookAtUpgrade, sendIntoUpdater } from './look-at-upgrade.ts'

/** Creates the firmware activities; without dependencies they fail, to be retried by another worker. */
export function createFirmwareActivities(deps: FirmwareDeps | null): FirmwareActivities {
  const within = <Result>(work: (deps: FirmwareDeps) => Promise<Result>): Promise<Result> =>
    withFailures(async () => {
      if (deps === null) throw new Error('this worker has no firmware folder')
      return await work(deps)
    })
  return {
    fetchRelease: (releaseId) => within((given) => fetchRelease(given, releaseId)),
    lookAtUpgrade: (jobId) => within((given) => lookAtUpgrade(given, jobId)),
    sendIntoUpdater: (jobId) => within((given) => sendIntoUpdater(given, jobId)),
    advanceRollout: (rolloutId) => within((given) => advanceRollout(given, rolloutId)),
  }
}
