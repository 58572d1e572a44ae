import { type ReleaseRow, settleRelease } from '@paikea/database'
import { operation } from '../operation.ts'
import { reload, requireAnywhere, requireFetching } from './request-release.ts'

/** Cancels a fetch. @throws Refusal `not-found`, `forbidden`, `wrong-state` */
export const cancelRelease = operation<{ readonly id: number }, ReleaseRow>(
  'firmware.release-cancelled',
  async (work, { id }) => {
    requireAnywhere(work)
    const before = await reload(work, id)
    requireFetching(before)
    await settleRelease(work.db, { id, state: 'cancelled', now: work.now }, work.tx)
    const after = await reload(work, id)
    const facts = { before: { state: before.state }, after: { state: after.state } }
    return { result: after, subject: `release/${id}`, groupId: null, ...facts }
  },
)

/** Starts a waiting fetch at once. @throws Refusal `not-found`, `forbidden`, `wrong-state` */
export const resumeRelease = operation<{ readonly id: number }, ReleaseRow>(
  'firmware.release-resumed',
  async (work, { id }) => {
    requireAnywhere(work)
    const release = await reload(work, id)
    requireFetching(release)
    const facts = { before: { state: release.state, reason: release.reason?.code ?? null }, after: null }
    return { result: release, subject: `release/${id}`, groupId: null, ...facts }
  },
)
