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
   * The command's exact text if its time is that of transmission, else `null`. A tracker's message may arrive twice, by
   * different ways and under different ids: the same command in the same second is a duplicate.
   */
  readonly command: string | null
}

/** A message and the deliveries that its routes would create. */
export interface Candidate {
  readonly messageId: number
  readonly deviceId: number
  /** `null` = no later message can supersede it. */
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
 * A message's place among those about the same thing. For a position it is the report's time: that of the fix, unless
 * that lies in the future, where it would hold back all positions until then. The map uses it too.
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
 * Whether to check if something stored earlier overtakes this. A position is almost always the device's newest, which
 * nothing can overtake. Commands are few and always checked.
 *
 * @param lastFixAt time of the device's newest fix
 */
export function mayBeOvertaken({ standing, plan }: Candidate, lastFixAt: Date | null): boolean {
  if (standing === null || !plan.deliveries.some(isOnlyForLatest)) return false
  return standing.about !== 'position' || (lastFixAt !== null && lastFixAt > standing.at)
}

/**
 * Removes overtaken deliveries from the plans: those for which a message of the same device about the same thing was
 * stored earlier, has a later time of its own, and goes to the same target; and commands already stored earlier.
 * Messages stored later do not matter: they leave later.
 *
 * @param candidates ordered by id: each may be overtaken by those that remain before it
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

/** Programs want everything; for other targets only the newest data is worth its cost. */
export function isOnlyForLatest({ route }: PlannedDelivery): boolean {
  return route.target.wants === 'latest'
}

/** A plan as the messages after it see it. */
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
  // Compares the target too: the route may lead elsewhere by now.
  const before = ahead
    .filter((other) => other.routeId === route.id && other.targetKey === targetKey && other.standing.about === about)
    .map(({ standing }) => standing)
  if (before.some((other) => other.at > at)) return OVERTAKEN
  const isSaidAgain = command !== null && before.some((other) => other.command === command && +other.at === +at)
  return isSaidAgain ? REPEAT : null
}
