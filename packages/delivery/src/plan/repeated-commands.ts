import { type Database, listEarlierOfDevice, listWaysTaken, type Transaction, type Way } from '@paikea/database'

import { type Candidate, isOnlyForLatest, REPEAT, type Standing, standingOf } from './overtaking.ts'
import type { RoutingPlan } from './routing-plan.ts'
import { subjectOf } from './subject.ts'

/** A device without an acknowledgement repeats itself within this time, by transmission; later it is a new request. */
const MAX_APART_MS = 10 * 60_000

/** The plans for a batch of messages. */
export interface PlansOfMessages {
  /** By message id. */
  readonly plans: ReadonlyMap<number, RoutingPlan>
  /** Messages whose command repeats the one before, and that therefore send nothing. */
  readonly repeatedCommandIds: readonly number[]
}

/** An earlier command of the same device. */
export interface EarlierCommand {
  readonly messageId: number
  readonly standing: Standing
  readonly isRepeat: boolean
  /** The targets it was or will be sent to, without failures; `all`: it has not been acted on yet. */
  readonly ways: 'all' | readonly Way[]
}

/** For each command among the candidates the commands that its device sent before it, by message id. */
export async function findEarlierCommands(
  db: Database,
  candidates: readonly Candidate[],
  tx: Transaction,
): Promise<ReadonlyMap<number, readonly EarlierCommand[]>> {
  const looks = candidates.filter(({ standing }) => standing !== null && standing.command !== null)
  const found = new Map<number, EarlierCommand[]>()
  if (looks.length === 0) return found
  const earlier = (await listEarlierOfDevice(db, { looks }, tx)).flatMap((message) => {
    const standing = standingOf({ ...message, subject: subjectOf(null, message.decoded), report: null })
    return standing === null ? [] : [{ ...message, standing }]
  })
  const ways = await listWaysTaken(db, { messageIds: [...new Set(earlier.map(({ messageId }) => messageId))] }, tx)
  for (const { beforeId, messageId, standing, isRepeat, isOpen } of earlier) {
    const one = { messageId, standing, isRepeat, ways: isOpen ? ('all' as const) : (ways.get(messageId) ?? []) }
    found.set(beforeId, [...(found.get(beforeId) ?? []), one])
  }
  return found
}

/**
 * Removes commands that a device repeats for lack of an answer: those equal to the device's newest of that kind, within
 * ten minutes. On, off, on are three commands. After a failure the repetition counts as a new try.
 *
 * @param candidates ordered by id
 * @param earlier by message id
 */
export function withoutRepeatedCommands(
  candidates: readonly Candidate[],
  plans: ReadonlyMap<number, RoutingPlan>,
  earlier: ReadonlyMap<number, readonly EarlierCommand[]>,
): PlansOfMessages {
  const settled = new Map(plans)
  const repeats = new Set<number>()
  for (const { messageId, standing } of candidates) {
    const plan = plans.get(messageId)
    if (standing === null || plan === undefined) continue
    const before = (earlier.get(messageId) ?? []).filter((one) => !one.isRepeat && !repeats.has(one.messageId))
    const newest = newestOf(before, standing.about)
    if (newest === null || !isSaidAgain(standing, newest.standing)) continue
    const ways = waysOf(newest, settled.get(newest.messageId))
    const without = withoutWays(plan, ways)
    settled.set(messageId, without)
    if (!without.deliveries.some(isOnlyForLatest)) repeats.add(messageId)
  }
  return { plans: settled, repeatedCommandIds: [...repeats] }
}

/** Ordered by time of transmission, then by order of storage. */
function newestOf(commands: readonly EarlierCommand[], about: string): EarlierCommand | null {
  let newest: EarlierCommand | null = null
  for (const one of commands) {
    if (one.standing.about !== about) continue
    const isNewer =
      newest === null ||
      one.standing.at > newest.standing.at ||
      (+one.standing.at === +newest.standing.at && one.messageId > newest.messageId)
    if (isNewer) newest = one
  }
  return newest
}

function isSaidAgain(one: Standing, before: Standing): boolean {
  return one.command !== null && one.command === before.command && Math.abs(+one.at - +before.at) <= MAX_APART_MS
}

/** Messages in the same batch have no deliveries yet, only plans. */
function waysOf({ ways }: EarlierCommand, plan: RoutingPlan | undefined): EarlierCommand['ways'] {
  return plan === undefined ? ways : plan.deliveries.map(({ route, targetKey }) => ({ routeId: route.id, targetKey }))
}

function withoutWays(plan: RoutingPlan, ways: EarlierCommand['ways']): RoutingPlan {
  const isTaken = (delivery: RoutingPlan['deliveries'][number]): boolean =>
    isOnlyForLatest(delivery) &&
    (ways === 'all' ||
      ways.some(({ routeId, targetKey }) => routeId === delivery.route.id && targetKey === delivery.targetKey))
  const taken = plan.deliveries.filter(isTaken)
  if (taken.length === 0) return plan
  return {
    deliveries: plan.deliveries.filter((delivery) => !isTaken(delivery)),
    skipped: [...plan.skipped, ...taken.map(({ route }) => ({ routeId: route.id, reason: REPEAT }))],
  }
}
