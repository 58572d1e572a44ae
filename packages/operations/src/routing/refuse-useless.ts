import { loadRoutesForAction, type RouteForAction } from '@paikea/database'
import { closesLoop, findTarget, hasFormat } from '@paikea/delivery'
import type { Work } from '../operation.ts'
import { refuseField } from '../refusal.ts'

/**
 * Refuses a route that could never send anything, or that would let positions go round. Once it is written: its ends are
 * then read as planning reads them.
 *
 * @throws Refusal `invalid` with the field
 */
export async function refuseUseless({ db, tx }: Work, id: number, groupId: number): Promise<void> {
  const routes = await loadRoutesForAction(db, { groupIds: [groupId], alsoId: id }, tx)
  const pairs = routes.flatMap(toPair)
  const pair = pairs.find((one) => one.id === id)
  if (pair === undefined) return
  if (!hasFormat(pair)) {
    const to = pair.endpoint.deviceKind ?? pair.target.kind
    throw refuseField('messageType', 'no-format', `${pair.messageType} cannot be sent to a ${to}`)
  }
  const isInForce = routes.some((route) => route.id === id && route.enabled)
  if (isInForce && closesLoop(pair, pairs)) {
    throw refuseField('target', 'loop', 'positions would loop: the target sends them back to the source')
  }
}

function toPair(route: RouteForAction) {
  const target = findTarget(route.endpoint.kind)
  const config = target?.readConfig(route.endpoint.config) ?? null
  return target === null || config === null ? [] : [{ ...route, target, endpoint: { ...route.endpoint, config } }]
}
