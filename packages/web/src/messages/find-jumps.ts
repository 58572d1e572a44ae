import type { DeviceView, ReportView } from '@paikea/api/contract'
import { callApi } from '../api/call-api.ts'

const MAX_DEVICES = 20
const LOOKED_AT = 5

/** A position that is not trusted yet. */
export interface Jump {
  readonly iam: string
  readonly report: ReportView
}

/** Finds jumps among the newest reports of devices that have reported since their last trusted fix. */
export async function findJumps(devices: readonly DeviceView[], signal: AbortSignal): Promise<readonly Jump[]> {
  const doubtful = devices.filter(
    ({ lastReport, lastFix }) => lastReport !== null && lastReport.at > (lastFix?.at ?? ''),
  )
  const found = await Promise.all(
    doubtful.slice(0, MAX_DEVICES).map(async ({ iam }) => {
      const { items } = await callApi('GET /v1/devices/:iam/reports', {
        params: { iam },
        query: { limit: LOOKED_AT },
        signal,
      })
      return items.filter(({ quality }) => quality === 'suspect').map((report) => ({ iam, report }))
    }),
  )
  return found.flat()
}
