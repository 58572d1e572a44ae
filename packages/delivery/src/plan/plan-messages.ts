import {
  listEarlier,
  findSameFix,
  loadForAction,
  loadWholeMessages,
  type EarlierLook,
  type MessageForAction,
  type RouteForAction,
  type SameFix,
  type Transaction,
  type WholeMessage,
} from '@paikea/database'

import { findTarget } from '../targets/registry.ts'
import {
  isOnlyForLatest,
  mayBeOvertaken,
  standingOf,
  toAhead,
  withoutOvertaken,
  type Ahead,
  type Candidate,
} from './overtaking.ts'
import { planDeliveries, type PlanRoute } from './routing-plan.ts'
import { findEarlierCommands, type PlansOfMessages, withoutRepeatedCommands } from './repeated-commands.ts'
import { subjectOf } from './subject.ts'
import { defaultTimeToLive } from './time-to-live.ts'
import type { DeliveryDeps } from '../deps.ts'

/** How many deliveries to search for a device's last position, which commands and failures may follow. */
const DELIVERIES_FOR_POSITION = 50
/** How many deliveries to search for its last command, which positions may follow. */
const DELIVERIES_FOR_COMMAND = 500

/**
 * Plans messages' deliveries, without overtaken ones. Positions that arrive in order need no query; for others, and for
 * commands, the database is asked what precedes them.
 *
 * @param messages those to be acted on, ordered by id
 * @returns the plans by message id, and the messages that repeat a command
 */
export async function planMessages(
  deps: DeliveryDeps,
  messages: readonly MessageForAction[],
  routes: readonly RouteForAction[],
  tx: Transaction,
): Promise<PlansOfMessages> {
  const planRoutes = routes.flatMap(toPlanRoute)
  const looks: EarlierLook[] = []
  const candidates: Candidate[] = []
  const repeats = await findRepeats(deps, messages, tx)
  const wholes = await loadWholes(deps, messages, planRoutes, tx)
  for (const message of messages) {
    // A message without a device matches no route.
    if (message.device === null) continue
    const { id: deviceId, lastFixAt } = message.device
    const candidate = {
      messageId: message.messageId,
      deviceId,
      ...readMessage(deps, message, planRoutes, { repeats, wholes }),
    }
    candidates.push(candidate)
    if (!mayBeOvertaken(candidate, lastFixAt)) continue
    looks.push({
      messageId: message.messageId,
      deviceId,
      packetType: message.packetType,
      isReopened: message.isReopened,
      ways: candidate.plan.deliveries
        .filter(isOnlyForLatest)
        .map(({ route, targetKey }) => ({ routeId: route.id, targetKey })),
      maxDeliveries: candidate.standing?.about === 'position' ? DELIVERIES_FOR_POSITION : DELIVERIES_FOR_COMMAND,
    })
  }
  const plans = withoutOvertaken(candidates, await findAhead(deps, looks, candidates, planRoutes, tx))
  return withoutRepeatedCommands(candidates, plans, await findEarlierCommands(deps.db, candidates, tx))
}

/** What precedes messages in the database: deliveries, and the results of messages not acted on yet. */
async function findAhead(
  deps: DeliveryDeps,
  looks: readonly EarlierLook[],
  candidates: readonly Candidate[],
  routes: readonly PlanRoute[],
  tx: Transaction,
): Promise<ReadonlyMap<number, readonly Ahead[]>> {
  const ahead = new Map<number, Ahead[]>()
  if (looks.length === 0) return ahead
  const here = new Set(candidates.map((candidate) => candidate.messageId))
  const earlier = (await listEarlier(deps.db, { looks }, tx)).filter(({ messageId }) => !here.has(messageId))
  if (earlier.length === 0) return ahead
  const messageIds = [...new Set(earlier.map(({ messageId }) => messageId))]
  const messages = await loadForAction(deps.db, { messageIds }, tx)
  const repeats = await findRepeats(deps, messages, tx)
  // Deliveries to programs are never overtaken, so nothing more is loaded for them.
  const onlyLatest = routes.filter(({ target }) => target.wants === 'latest')
  const known = { repeats, wholes: new Map<number, WholeMessage>() }
  const readings = new Map(
    messages.map((message) => [message.messageId, readMessage(deps, message, onlyLatest, known)]),
  )
  for (const { beforeId, messageId, way } of earlier) {
    const reading = readings.get(messageId)
    if (reading === undefined || reading.standing === null) continue
    const { plan, standing } = reading
    const found = way === null ? toAhead(plan, standing) : [{ ...way, standing }]
    ahead.set(beforeId, [...(ahead.get(beforeId) ?? []), ...found])
  }
  return ahead
}

/** The full messages, if a route of their group leads to a program. */
async function loadWholes(
  deps: DeliveryDeps,
  messages: readonly MessageForAction[],
  routes: readonly PlanRoute[],
  tx: Transaction,
): Promise<ReadonlyMap<number, WholeMessage>> {
  const groupIds = new Set(routes.filter(({ target }) => target.wants === 'all').map(({ groupId }) => groupId))
  const wanted = messages.filter(({ device }) => device !== null && groupIds.has(device.groupId))
  return loadWholeMessages(deps.db, { messageIds: wanted.map(({ messageId }) => messageId) }, tx)
}

/** The messages whose report repeats an earlier one, with what is known about that, by message id. */
async function findRepeats(
  deps: DeliveryDeps,
  messages: readonly MessageForAction[],
  tx: Transaction,
): Promise<ReadonlyMap<number, SameFix>> {
  const repeats = new Map<number, SameFix>()
  for (const { messageId, report } of messages) {
    if (report?.isRepeat === true) repeats.set(messageId, await findSameFix(deps.db, { messageId }, tx))
  }
  return repeats
}

function readMessage(
  deps: DeliveryDeps,
  message: MessageForAction,
  routes: readonly PlanRoute[],
  known: {
    readonly repeats: ReadonlyMap<number, SameFix>
    readonly wholes: ReadonlyMap<number, WholeMessage>
  },
): Pick<Candidate, 'plan' | 'standing'> {
  const subject = subjectOf(message.report, message.decoded)
  const sameFix = subject?.kind === 'position' ? known.repeats.get(message.messageId) : undefined
  const plan = planDeliveries(
    {
      messageId: message.messageId,
      messageType: message.packetType,
      receivedAt: message.receivedAt,
      imei: message.imei,
      sentTo: sameFix?.isOpen === true ? 'all' : (sameFix?.targetKeys ?? null),
      subject,
      isImplausible: message.report?.isSuspect === true,
      whole: known.wholes.get(message.messageId) ?? null,
      device: message.device,
    },
    routes,
    deps.timeToLive ?? defaultTimeToLive,
  )
  return { plan, standing: standingOf({ ...message, subject }) }
}

/** A route as planning reads it; `null` if its kind or address is unknown. */
export function toPlanRoute(route: RouteForAction): PlanRoute[] {
  const { endpoint } = route
  const target = findTarget(endpoint.kind)
  const config = target?.readConfig(endpoint.config) ?? null
  // A kind from a newer version, or an address edited by hand: such a route matches nothing.
  if (target === null || config === null) return []
  const generation = endpoint.generation === 'v2' || endpoint.generation === 'v3' ? endpoint.generation : null
  return [{ ...route, target, endpoint: { ...endpoint, config, generation } }]
}
