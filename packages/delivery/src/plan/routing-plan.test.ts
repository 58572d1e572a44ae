import { modem } from '../targets/modem/modem.ts'
import { rockstar } from '../targets/rockstar/rockstar.ts'
import { planDeliveries, type PlanRoute, type RoutableMessage } from './routing-plan.ts'

const fixAt = new Date('2026-11-24T03:05:01.000Z')
const message: RoutableMessage = {
  messageId: 7,
  messageType: 'PK001',
  receivedAt: new Date('2026-11-24T03:06:00.000Z'),
  imei: '300234010753370',
  sentTo: null,
  isImplausible: false,
  subject: {
    kind: 'position',
    latitudeDegrees: 37.825_123_3,
    longitudeDegrees: -122.276_701_7,
    fixAt,
    sogKnots: 0.5,
    cogDegrees: 12,
    status: '1f',
  },
  whole: null,
  device: { id: 3, kind: 'buoy', groupId: 1 },
}
const toModem: PlanRoute = {
  id: 11,
  groupId: 1,
  sourceKind: 'any',
  sourceDeviceId: null,
  messageType: 'any',
  target: modem,
  endpoint: {
    id: 21,
    config: { imei: '300234010000001' },
    format: null,
    state: 'active',
    modemId: 5,
    deviceId: null,
    deviceKind: null,
    ownerId: null,
    iam: null,
    modemGroupId: null,
    generation: null,
  },
}
const toRockstar: PlanRoute = {
  ...toModem,
  id: 12,
  target: rockstar,
  endpoint: {
    id: 22,
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
}
const beaconOn = { kind: 'command', command: { command: 'beacon', on: true } } as const

describe('planDeliveries()', () => {
  it('sends a position to a modem in the handset’s format, with its expiry', () => {
    expect(planDeliveries(message, [toModem])).toEqual({
      deliveries: [
        {
          route: toModem,
          targetKey: 'modem/300234010000001',
          payload: expect.any(Uint8Array),
          text: expect.stringMatching(/^\+DATA:PK004,3749\.5074,N,12216\.6021,W,0\.5,12[.0]*,030501\.000,31;$/),
          expiresAt: new Date('2026-11-24T09:06:00.000Z'),
        },
      ],
      skipped: [],
    })
  })

  it('skips an implausible position for modems and RockSTARs', () => {
    const { deliveries, skipped } = planDeliveries({ ...message, isImplausible: true }, [toModem, toRockstar])
    expect(deliveries).toEqual([])
    expect(skipped).toEqual([
      { routeId: 11, reason: 'implausible' },
      { routeId: 12, reason: 'implausible' },
    ])
  })

  it('sends a position to a RockSTAR as readable text', () => {
    const { deliveries } = planDeliveries(message, [toRockstar])
    expect(deliveries).toHaveLength(1)
    expect(deliveries[0]?.targetKey).toBe('rockstar/24680')
    expect(deliveries[0]?.text).toMatch(/N.*W/)
    expect(deliveries[0]?.text).not.toMatch(/PK004/)
  })

  it('forwards a command as a command, with its own time to live', () => {
    const { deliveries } = planDeliveries({ ...message, messageType: 'PK005', subject: beaconOn }, [toModem])
    expect(deliveries.map(({ text, expiresAt }) => [text, expiresAt?.toISOString()])).toEqual([
      ['+DATA:PK005,1;', '2026-11-25T03:06:00.000Z'],
    ])
  })

  it.each<[string, Partial<RoutableMessage>, Partial<PlanRoute>]>([
    ['another group', {}, { groupId: 2 }],
    ['another kind of source', {}, { sourceKind: 'handset' }],
    ['another source device', {}, { sourceDeviceId: 4 }],
    ['another message type', {}, { messageType: 'PK101' }],
    ['an unclaimed modem', { device: null }, {}],
  ])('leaves out a route for %s', (_title, changedMessage, changedRoute) => {
    expect(planDeliveries({ ...message, ...changedMessage }, [{ ...toModem, ...changedRoute }])).toEqual({
      deliveries: [],
      skipped: [],
    })
  })

  it.each<[string, Partial<PlanRoute>]>([
    ['kind', { sourceKind: 'buoy' }],
    ['device', { sourceDeviceId: 3 }],
    ['type', { messageType: 'PK001' }],
  ])('uses a route that names the %s', (_title, changed) => {
    expect(planDeliveries(message, [{ ...toModem, ...changed }]).deliveries).toHaveLength(1)
  })

  it.each<[string, Partial<RoutableMessage>, PlanRoute, string]>([
    ['a message without a fix', { subject: null }, toModem, 'nothing-to-send'],
    ['a repeat of a message still to be acted on', { sentTo: 'all' }, toModem, 'repeat'],
    ['a repeat that its target already has', { sentTo: ['modem/300234010000001'] }, toModem, 'repeat'],
    ['its own modem', { imei: '300234010000001' }, toModem, 'own-modem'],
    ['a command to a RockSTAR', { messageType: 'PK005', subject: beaconOn }, toRockstar, 'no-format-for-target'],
    ['an unknown message type', { messageType: 'PK999', subject: beaconOn }, toModem, 'no-format-for-target'],
  ])('returns why nothing is sent: %s', (_title, changed, route, reason) => {
    expect(planDeliveries({ ...message, ...changed }, [route])).toEqual({
      deliveries: [],
      skipped: [{ routeId: route.id, reason }],
    })
  })

  it.each<[string, Partial<PlanRoute>, number | null, boolean]>([
    ['its owner, by a route for all', {}, 3, true],
    ['another handset, although a route names it', { sourceDeviceId: 3 }, 4, false],
    ['a handset that a route names, where it has no owner', { sourceDeviceId: 3 }, null, true],
    ['any handset, where it has no owner', {}, null, false],
  ])('decides on commands to a buoy from %s: %j', (_title, changed, ownerId, isTaken) => {
    const endpoint = { ...toModem.endpoint, deviceId: 9, deviceKind: 'buoy', ownerId }
    const command = { ...message, messageType: 'PK005', subject: beaconOn }
    const { deliveries, skipped } = planDeliveries(command, [{ ...toModem, ...changed, endpoint }])
    expect(deliveries).toHaveLength(isTaken ? 1 : 0)
    expect(skipped).toEqual(isTaken ? [] : [{ routeId: 11, reason: 'not-owner' }])
  })

  it('sends no position to a buoy, which has no display', () => {
    const endpoint = { ...toModem.endpoint, deviceId: 9, deviceKind: 'buoy' }
    const { skipped } = planDeliveries(message, [{ ...toModem, endpoint }])
    expect(skipped).toEqual([{ routeId: 11, reason: 'no-format-for-target' }])
  })

  it('sends the same text to a modem only once, however many routes lead there', () => {
    const { deliveries, skipped } = planDeliveries(message, [
      toModem,
      { ...toModem, id: 12, messageType: 'any' },
      toRockstar,
    ])
    expect(deliveries.map(({ route }) => route.id)).toEqual([toModem.id, toRockstar.id])
    expect(skipped).toEqual([{ routeId: 12, reason: 'same-target' }])
  })

  it('returns the reason if the target cannot take the value', () => {
    const tooLong = { kind: 'command', command: { command: 'interval', minutes: 100_000 } } as const
    const toBuoy: PlanRoute = {
      ...toModem,
      endpoint: { ...toModem.endpoint, generation: 'v3' },
    }
    const { skipped } = planDeliveries({ ...message, messageType: 'PK006', subject: tooLong }, [toBuoy])
    expect(skipped).toEqual([{ routeId: 11, reason: expect.stringMatching(/^minutes-/) }])
  })
})
