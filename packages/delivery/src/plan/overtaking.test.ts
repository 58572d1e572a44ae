import {
  mayBeOvertaken,
  standingOf,
  withoutOvertaken,
  type Ahead,
  type Candidate,
  type Standing,
} from './overtaking.ts'
import { rockstar } from '../targets/rockstar/rockstar.ts'
import type { Subject } from './subject.ts'

const clock = (time: string): Date => new Date(`2026-11-24T${time}Z`)
const position: Subject = {
  kind: 'position',
  latitudeDegrees: 1,
  longitudeDegrees: 2,
  fixAt: clock('10:00:00'),
  sogKnots: null,
  cogDegrees: null,
  status: null,
}
const beacon: Subject = { kind: 'command', command: { command: 'beacon', on: true } }
const receivedAt = clock('12:00:00')
const inPlace = (at: Date): Standing => ({ about: 'position', at, command: null })
const beaconAt = (at: Date, command: string | null = '{"command":"beacon","on":true}'): Standing => ({
  about: 'command/beacon',
  at,
  command,
})

describe('standingOf()', () => {
  it.each<[string, Subject | null, Date | null, ReturnType<typeof standingOf>]>([
    ['a position by its report', position, clock('11:00:00'), inPlace(clock('10:30:00'))],
    ['a command by its transmission', beacon, clock('11:00:00'), beaconAt(clock('11:00:00'))],
    ['a command just ahead of our clock by its transmission', beacon, clock('12:09:00'), beaconAt(clock('12:09:00'))],
    ['a command far in the future by its arrival', beacon, clock('13:00:00'), beaconAt(receivedAt, null)],
    ['a command without a transmission time by its arrival', beacon, null, beaconAt(receivedAt, null)],
    ['nothing without a subject', null, clock('11:00:00'), null],
  ])('dates %s', (_title, subject, transmitTime, expected) => {
    expect(standingOf({ subject, report: { at: clock('10:30:00') }, transmitTime, receivedAt })).toEqual(expected)
  })
})

const route = {
  id: 11,
  groupId: 1,
  sourceKind: 'any',
  sourceDeviceId: null,
  messageType: 'any',
  target: rockstar,
  endpoint: {
    id: 4,
    config: { serial: '24680' },
    format: null,
    state: 'active',
    modemId: null,
    deviceId: null,
    deviceKind: null,
    ownerId: null,
    iam: null,
    modemGroupId: null,
    generation: null,
  },
} as const
const delivery = {
  route,
  targetKey: 'rockstar/24680',
  text: 'x',
  payload: Buffer.from('x'),
  expiresAt: clock('18:00:00'),
}
const stays = { deliveries: [delivery], skipped: [] }
const overtaken = { deliveries: [], skipped: [{ routeId: 11, reason: 'overtaken' }] }

const candidate = (messageId: number, time: string, changed: Partial<Candidate> = {}): Candidate => ({
  messageId,
  deviceId: 3,
  standing: inPlace(clock(time)),
  plan: stays,
  ...changed,
})

describe('mayBeOvertaken()', () => {
  it.each<[string, Candidate, Date | null, boolean]>([
    ['is false for the newest position', candidate(1, '10:00:00'), clock('10:00:00'), false],
    ['is false for the first position', candidate(1, '10:00:00'), null, false],
    ['is true for a late position', candidate(1, '10:00:00'), clock('10:00:01'), true],
    [
      'is false for a message without deliveries',
      candidate(1, '10:00:00', { plan: { deliveries: [], skipped: [] } }),
      clock('11:00:00'),
      false,
    ],
    ['is true for any command', candidate(1, '10:00:00', { standing: beaconAt(receivedAt) }), null, true],
  ])('%s', (_title, one, lastFixAt, expected) => {
    expect(mayBeOvertaken(one, lastFixAt)).toBe(expected)
  })
})

describe('withoutOvertaken()', () => {
  const plansOf = (candidates: readonly Candidate[], ahead: readonly Ahead[] = []): unknown[] => [
    ...withoutOvertaken(candidates, new Map([[2, ahead]])).values(),
  ]

  it('skips a position that an earlier message of the same device has overtaken', () => {
    expect(plansOf([candidate(1, '10:20:00'), candidate(2, '10:10:00'), candidate(3, '10:20:01')])).toEqual([
      stays,
      overtaken,
      stays,
    ])
  })

  it('keeps positions that came in order or share the same time', () => {
    expect(plansOf([candidate(1, '10:10:00'), candidate(2, '10:10:00'), candidate(3, '10:20:00')])).toEqual([
      stays,
      stays,
      stays,
    ])
  })

  it('skips a command that repeats another word for word, sent at the same time', () => {
    const at = clock('10:00:00')
    const saidAs = (messageId: number, standing: Standing): Candidate => candidate(messageId, '', { standing })
    const off = beaconAt(at, '{"command":"beacon","on":false}')
    const unknownTime = beaconAt(at, null)
    expect(plansOf([saidAs(1, beaconAt(at)), saidAs(2, beaconAt(at)), saidAs(3, off)])).toEqual([
      stays,
      { deliveries: [], skipped: [{ routeId: 11, reason: 'repeat' }] },
      stays,
    ])
    expect(plansOf([saidAs(1, beaconAt(at)), saidAs(2, beaconAt(clock('10:00:01')))])).toEqual([stays, stays])
    expect(plansOf([saidAs(1, unknownTime), saidAs(2, unknownTime)])).toEqual([stays, stays])
  })

  it.each<[string, Partial<Candidate>]>([
    ['of another device', { deviceId: 4 }],
    ['about another subject', { standing: beaconAt(clock('10:20:00')) }],
    ['about nothing', { standing: null }],
    ['by another route', { plan: { deliveries: [{ ...delivery, route: { ...route, id: 12 } }], skipped: [] } }],
    ['to another target', { plan: { deliveries: [{ ...delivery, targetKey: 'rockstar/1' }], skipped: [] } }],
    ['that is not sent', { plan: { deliveries: [], skipped: [{ routeId: 11, reason: 'repeat' }] } }],
  ])('ignores an earlier message %s', (_title, changed) => {
    const [, plan] = plansOf([candidate(1, '10:20:00', changed), candidate(2, '10:10:00')])
    expect(plan).toEqual(stays)
  })

  it('also considers the deliveries in the database, for each message its own', () => {
    const standing = inPlace(clock('10:20:00'))
    const ahead = [{ routeId: 11, targetKey: 'rockstar/24680', standing }]
    expect(plansOf([candidate(1, '10:00:00'), candidate(2, '10:10:00')], ahead)).toEqual([stays, overtaken])
  })

  it('keeps the other routes of a message, and its earlier skips', () => {
    const other = { ...delivery, route: { ...route, id: 12 } }
    const plan = { deliveries: [delivery, other], skipped: [{ routeId: 10, reason: 'own-modem' }] }
    expect(plansOf([candidate(1, '10:20:00'), candidate(2, '10:10:00', { plan })])[1]).toEqual({
      deliveries: [other],
      skipped: [
        { routeId: 10, reason: 'own-modem' },
        { routeId: 11, reason: 'overtaken' },
      ],
    })
  })
})
