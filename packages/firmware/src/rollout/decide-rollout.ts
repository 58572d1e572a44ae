/** A device of a roll-out, with its progress. */
export interface RolloutDevice {
  readonly stage: number
  /** `none`: its upgrade has not begun. */
  readonly state:
    | 'none'
    | 'skipped'
    | 'prepared'
    | 'offered'
    | 'downloading'
    | 'installed'
    | 'succeeded'
    | 'failed'
    | 'timed-out'
    | 'cancelled'
}

/** A roll-out's state at one moment. */
export interface RolloutFacts {
  readonly state: 'running' | 'waiting' | 'paused' | 'done' | 'cancelled'
  readonly stage: number
  readonly stages: number
  readonly stageEndedAt: Date | null
  readonly needsApproval: boolean
  /** Share of a stage's devices, 0 to 1, whose failure pauses it. */
  readonly pauseAtShare: number
  readonly coolDownMinutes: number
  /** Failures already counted when someone resumed. */
  readonly forgiven: number
  readonly devices: readonly RolloutDevice[]
}

/** The next step of a roll-out. */
export type RolloutStep =
  /** Begin upgrades for the devices of this stage that have none yet. */
  | { readonly kind: 'begin-stage'; readonly stage: number }
  | { readonly kind: 'pause'; readonly failures: number; readonly of: number }
  /** The stage is complete: record the time. */
  | { readonly kind: 'end-stage' }
  | { readonly kind: 'wait-for-approval'; readonly stage: number }
  | { readonly kind: 'finish' }
  /** Nothing now; look again after this long at the latest. */
  | { readonly kind: 'wait'; readonly forMs: number }
  /** Nothing ever again. */
  | { readonly kind: 'over' }

const LOOK_MS = 60_000
const OVER: ReadonlySet<RolloutDevice['state']> = new Set(['skipped', 'succeeded', 'failed', 'timed-out', 'cancelled'])
const FAILED: ReadonlySet<RolloutDevice['state']> = new Set(['failed', 'timed-out'])

/** Decides the next step; call it after each step until it returns `wait` or `over`. */
export function decideRollout(facts: RolloutFacts, now: Date): RolloutStep {
  if (facts.state === 'done' || facts.state === 'cancelled') return { kind: 'over' }
  if (facts.state !== 'running') return { kind: 'wait', forMs: LOOK_MS * 60 }
  const stage = facts.devices.filter((device) => device.stage === facts.stage)
  const failures = countFailures(facts.devices)
  const share = stage.length === 0 ? 0 : stage.filter(({ state }) => FAILED.has(state)).length / stage.length
  if (failures > facts.forgiven && share > 0 && share >= facts.pauseAtShare) {
    return { kind: 'pause', failures, of: stage.length }
  }
  if (stage.some(({ state }) => state === 'none')) return { kind: 'begin-stage', stage: facts.stage }
  if (stage.some(({ state }) => !OVER.has(state))) return { kind: 'wait', forMs: LOOK_MS }
  if (facts.stageEndedAt === null) return { kind: 'end-stage' }
  if (facts.stage + 1 >= facts.stages) return { kind: 'finish' }
  if (facts.needsApproval) return { kind: 'wait-for-approval', stage: facts.stage + 1 }
  const coolUntil = facts.stageEndedAt.getTime() + facts.coolDownMinutes * 60_000
  if (now.getTime() < coolUntil) return { kind: 'wait', forMs: Math.max(1000, coolUntil - now.getTime()) }
  return { kind: 'begin-stage', stage: facts.stage + 1 }
}

/** How many devices of a roll-out failed. */
export function countFailures(devices: readonly RolloutDevice[]): number {
  return devices.filter(({ state }) => FAILED.has(state)).length
}

/** What a device of a roll-out waits for: one line of the calendar. */
export type Wait =
  | { readonly for: 'stage'; readonly stage: number }
  | { readonly for: 'approval'; readonly stage: number }
  | { readonly for: 'cool-down'; readonly until: Date }
  | { readonly for: 'resume' }
  | { readonly for: 'device' }
  | { readonly for: 'being-seen' }
  | { readonly for: 'nothing' }

/** Determines what a device waits for. */
export function describeWait(facts: RolloutFacts, device: RolloutDevice): Wait {
  if (OVER.has(device.state) || facts.state === 'done' || facts.state === 'cancelled') return { for: 'nothing' }
  if (device.state === 'installed') return { for: 'being-seen' }
  if (facts.state === 'paused') return { for: 'resume' }
  if (device.state !== 'none') return { for: 'device' }
  if (facts.state === 'waiting' && device.stage === facts.stage + 1) return { for: 'approval', stage: device.stage }
  const { stageEndedAt } = facts
  if (stageEndedAt !== null && device.stage === facts.stage + 1) {
    return { for: 'cool-down', until: new Date(stageEndedAt.getTime() + facts.coolDownMinutes * 60_000) }
  }
  return { for: 'stage', stage: Math.max(facts.stage, device.stage - 1) }
}
