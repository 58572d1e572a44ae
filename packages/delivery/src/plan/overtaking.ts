import type { PlannedDelivery, RoutingPlan } from './routing-plan.ts'
import type { Subject } from './subject.ts'

const OVERTAKEN = 'overtaken'
export const REPEAT = 'repeat'

/** What a message is about, and the time it tells of: of two about the same thing only the later one is of use. */
export interface Standing {
  /** `position`, or the kind of command: a beacon's command says nothing about an interval. */
  readonly about: string
  readonly at: Date
  /**
   * A command word for word, where its time is that of the transmission; else `null`. A tracker's message may come twice,
   * by way of GPS and by way of Iridium, under different ids: said again in the same second, a command is the same one.
   */
  readonly command: string | null
}

/** A message with the deliveries that its routes would create. */
export interface Candidate {
  readonly messageId: number
  readonly deviceId: number
  /** `null` = it is about nothing that a later message could be about. */
  readonly standing: Standing | null
  readonly plan: RoutingPlan
}

/** A delivery of an earlier message of the same device: on its way, sent, or about to be written. */
export interface Ahead {
  readonly routeId: number
  readonly targetKey: string
  readonly standing: Standing
}

/** The vendor's clock may be minutes ahead of ours; further ahead it is wrong, and would hold back all that follows. */
const MAX_AHEAD_MS = 10 * 60_000

/**
 * Where a message stands among those about the same thing. A position stands at its report's time: that of the fix,
 * but for one from the future, which would hold back all positions until that time has come. The map goes by it too.
 */
export function standingOf(message: {
  readonly subject: Subject | null
  readonly report: { readonly at: Date } | null
  readonly transmitTime: Date | null
  readonly receivedAt: Date
}): Standing | null {
  const { subject, report, transmitTime, receivedAt } = message
  if (subject === null) return null
  if (subject.kind === 'position') return { about: 'position', at: report?.at ?? subject.fixAt, command: null }
  const isTrue = transmitTime !== null && transmitTime.getTime() <= receivedAt.getTime() + MAX_AHEAD_MS
  return {
    about: `command/${subject.command.command}`,
    at: isTrue ? transmitTime : receivedAt,
    command: isTrue ? JSON.stringify(subject.command) : null,
  }
}

/**
 * Whether it is worth a look if something earlier overtakes this: almost always a position is the device's newest, and
 * nothing can. Of commands there are few, and nothing is known about them without a look.
 *
 * @param lastFixAt time of the newest fix of the device
 */
export function mayBeOvertaken({ standing, plan }: Candidate, lastFixAt: Date | null): boolean {
  if (standing === null || !plan.deliveries.some(isOnlyForLatest)) return false
  return standing.about !== 'position' || (lastFixAt !== null && lastFixAt > standing.at)
}

/**
 * Removes overtaken deliveries from the plans: a message stored earlier, of the same device and about the same thing, is
 * later by its own time and goes the same way. And a command that was stored earlier already. Messages stored later are
 * of no concern: they leave later.
 *
 * @param candidates in the order of their ids: each may be overtaken by what stays of those before it
 * @param ahead by message id: what precedes a message and is not a candidate
 */
export function withoutOvertaken(
  candidates: readonly Candidate[],
  ahead: ReadonlyMap<number, readonly Ahead[]>,
): ReadonlyMap<number, RoutingPlan> {
  const staying = new Map<number, Ahead[]>()
  const plans = new Map<number, RoutingPlan>()
  for (const candidate of candidates) {
    const { messageId, deviceId, standing } = candidate
    const before = staying.get(deviceId) ?? []
    const plan =
      standing === null ? candidate.plan : judge(candidate.plan, standing, [...(ahead.get(messageId) ?? []), ...before])
    plans.set(messageId, plan)
    staying.set(deviceId, standing === null ? before : [...before, ...toAhead(plan, standing)])
  }
  return plans
}

/** Whether a route was skipped because of another message. */
export function isForAnother({ reason }: RoutingPlan['skipped'][number]): boolean {
  return reason === OVERTAKEN || reason === REPEAT
}

/** Programs want everything; for other targets, only newer data is worth the cost. */
export function isOnlyForLatest({ route }: PlannedDelivery): boolean {
  return route.target.wants === 'latest'
}

/** What a plan is to the messages after it. */
export function toAhead(plan: RoutingPlan, standing: Standing): Ahead[] {
  return plan.deliveries
    .filter(isOnlyForLatest)
    .map(({ route, targetKey }) => ({ routeId: route.id, targetKey, standing }))
}

function judge(plan: RoutingPlan, standing: Standing, ahead: readonly Ahead[]): RoutingPlan {
  const deliveries: PlannedDelivery[] = []
  const skipped = [...plan.skipped]
  for (const delivery of plan.deliveries) {
    const reason = isOnlyForLatest(delivery) ? reasonToSkip(delivery, standing, ahead) : null
    if (reason === null) deliveries.push(delivery)
    else skipped.push({ routeId: delivery.route.id, reason })
  }
  return { deliveries, skipped }
}

function reasonToSkip(
  { route, targetKey }: PlannedDelivery,
  { about, at, command }: Standing,
  ahead: readonly Ahead[],
): string | null {
  // The target too: a route may have been given another one.
  const before = ahead
    .filter((other) => other.routeId === route.id && other.targetKey === targetKey && other.standing.about === about)
    .map(({ standing }) => standing)
  if (before.some((other) => other.at > at)) return OVERTAKEN
  const isSaidAgain = command !== null && before.some((other) => other.command === command && +other.at === +at)
  return isSaidAgain ? REPEAT : null
}
