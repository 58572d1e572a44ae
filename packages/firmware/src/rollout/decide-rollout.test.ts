import { decideRollout, describeWait, type RolloutDevice, type RolloutFacts } from './decide-rollout.ts'

const now = new Date('2026-11-29T12:00:00Z')
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000)
const devices = (...states: readonly (readonly [number, RolloutDevice['state']])[]): readonly RolloutDevice[] =>
  states.map(([stage, state]) => ({ stage, state }))
const facts = (changes: Partial<RolloutFacts>): RolloutFacts => ({
  state: 'running',
  stage: 0,
  stages: 2,
  stageEndedAt: null,
  needsApproval: true,
  pauseAtShare: 0.5,
  coolDownMinutes: 60,
  forgiven: 0,
  devices: devices([0, 'none'], [0, 'none'], [1, 'none']),
  ...changes,
})
const over = devices([0, 'succeeded'], [0, 'skipped'], [1, 'none'])

describe('decideRollout()', () => {
  it.each<[string, Partial<RolloutFacts>, object]>([
    ['begins its first stage', {}, { kind: 'begin-stage', stage: 0 }],
    ['waits for devices', { devices: devices([0, 'succeeded'], [0, 'prepared']) }, { kind: 'wait' }],
    [
      'pauses when failures reach the share',
      { devices: devices([0, 'failed'], [0, 'prepared']) },
      { kind: 'pause', failures: 1, of: 2 },
    ],
    [
      'continues below the share',
      { pauseAtShare: 0.6, devices: devices([0, 'timed-out'], [0, 'prepared']) },
      { kind: 'wait' },
    ],
    [
      'continues despite forgiven failures',
      { forgiven: 1, devices: devices([0, 'failed'], [0, 'prepared']) },
      { kind: 'wait' },
    ],
    [
      'pauses again at a further failure',
      { forgiven: 1, devices: devices([0, 'failed'], [0, 'failed']) },
      { kind: 'pause' },
    ],
    ['ends a stage', { devices: over }, { kind: 'end-stage' }],
    ['needs approval of the next stage', { devices: over, stageEndedAt: now }, { kind: 'wait-for-approval', stage: 1 }],
    [
      'cools down when no approval is needed',
      { devices: over, stageEndedAt: ago(50), needsApproval: false },
      { kind: 'wait', forMs: 600_000 },
    ],
    [
      'begins the next stage after the cool-down',
      { devices: over, stageEndedAt: ago(60), needsApproval: false },
      { kind: 'begin-stage', stage: 1 },
    ],
    [
      'finishes after the last stage',
      { stage: 1, stageEndedAt: now, devices: devices([0, 'succeeded'], [1, 'succeeded']) },
      { kind: 'finish' },
    ],
    ['waits while it is paused', { state: 'paused' }, { kind: 'wait' }],
    ['waits while approval is outstanding', { state: 'waiting', devices: over }, { kind: 'wait' }],
    ['is over when cancelled', { state: 'cancelled' }, { kind: 'over' }],
  ])('%s', (_name, changes, expected) => {
    expect(decideRollout(facts(changes), now)).toMatchObject(expected)
  })
})

describe('describeWait()', () => {
  it.each<[Partial<RolloutFacts>, RolloutDevice, object]>([
    [{}, { stage: 1, state: 'none' }, { for: 'stage', stage: 0 }],
    [{ state: 'waiting' }, { stage: 1, state: 'none' }, { for: 'approval', stage: 1 }],
    [
      { stageEndedAt: now },
      { stage: 1, state: 'none' },
      { for: 'cool-down', until: new Date(now.getTime() + 3_600_000) },
    ],
    [{ state: 'paused' }, { stage: 0, state: 'prepared' }, { for: 'resume' }],
    [{}, { stage: 0, state: 'offered' }, { for: 'device' }],
    [{}, { stage: 0, state: 'installed' }, { for: 'being-seen' }],
    [{}, { stage: 0, state: 'succeeded' }, { for: 'nothing' }],
  ])('reports, given %j, what %j waits for', (changes, device, expected) => {
    expect(describeWait(facts(changes), device)).toEqual(expected)
  })
})
