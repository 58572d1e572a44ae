import { updateRoute, type RouteRow, type RouteValues } from '@paikea/database'
import { findTarget } from '@paikea/delivery'
import { operation, type Work } from '../operation.ts'
import { factsOf, findRouteFor, refuseSame } from './find-route.ts'
import { refuseUseless } from './refuse-useless.ts'
import { requireTarget, resolveRoute } from './resolve-route.ts'
import type { RouteInput, RouteTarget } from './route-input.ts'

/** What is to be another way; `undefined` leaves it. */
export type RouteChange = {
  readonly [K in 'source' | 'messageType' | 'target' | 'enabled']?: RouteInput[K] | undefined
}

/**
 * Changes a route.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if another one says the same
 */
export const changeRoute = operation<{ readonly id: number; readonly change: RouteChange }, void>(
  'route.changed',
  async (work, { id, change }) => {
    const before = await findRouteFor(work, id)
    const values = await changed(work, before, change)
    await refuseSame(work, values, id)
    await updateRoute(work.db, { id, values }, work.tx)
    if (!isOnlySwitchedOff(change)) await refuseUseless(work, id, values.groupId)
    const subject = `route/${String(id)}`
    return { result: undefined, subject, groupId: values.groupId, before: factsOf(before), after: factsOf(values) }
  },
)

/** That is always possible, also for a route of before that would be refused today. */
function isOnlySwitchedOff({ source, messageType, target, enabled }: RouteChange): boolean {
  return source === undefined && messageType === undefined && target === undefined && enabled === false
}

/**
 * A change that touches neither end needs neither resolved again, and so works for a route whose device is gone. What it
 * leaves in force is someone's wish from now on, and that one needs the right to send to the target.
 */
async function changed(work: Work, before: RouteRow, change: RouteChange): Promise<RouteValues> {
  const { source, target, messageType = before.messageType, enabled = before.enabled } = change
  if (source === undefined && target === undefined) {
    if (enabled) await requireTarget(work, before.endpoint)
    const { groupId, sourceKind, sourceDeviceId, endpointId, targetKind } = before
    return { groupId, sourceKind, sourceDeviceId, endpointId, targetKind, messageType, enabled }
  }
  return await resolveRoute(work, {
    source: source ?? { kind: before.sourceKind, iam: before.sourceIam },
    target: target ?? targetOf(before),
    messageType,
    enabled,
    ...(source === undefined ? { groupId: before.groupId } : {}),
  })
}

/** As the caller might have written it: what names its address well enough goes by that, whichever group it is in. */
function targetOf({ endpoint }: RouteRow): RouteTarget {
  const isNamed = findTarget(endpoint.kind)?.addressee !== undefined
  const config = typeof endpoint.config === 'object' ? endpoint.config : {}
  return isNamed ? { ...config, kind: endpoint.kind } : { kind: 'endpoint', endpointId: endpoint.id }
}
