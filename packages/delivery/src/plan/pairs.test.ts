import { modem } from '../targets/modem/modem.ts'
import { rockstar } from '../targets/rockstar/rockstar.ts'
import { webhook } from '../targets/webhook/webhook.ts'
import { closesLoop, hasFormat, type LoopRoute } from './pairs.ts'

const route = (over: {
  readonly id?: number
  readonly from?: string | number
  readonly to?: number
  readonly kind?: string | null
  readonly type?: string
}): LoopRoute => {
  const { id = 1, from = 'any', to = 2, kind = 'handset', type = 'any' } = over
  return {
    id,
    sourceKind: typeof from === 'number' ? 'any' : from,
    sourceDeviceId: typeof from === 'number' ? from : null,
    messageType: type,
    target: modem,
    endpoint: {
      config: { imei: '300234010000001' },
      format: null,
      deviceId: kind === null ? null : to,
      deviceKind: kind,
    },
  }
}

describe('hasFormat()', () => {
  it.each<[string, string, string | null, boolean]>([
    ['buoy', 'PK001', 'handset', true],
    ['buoy', 'PK101', null, true],
    ['buoy', 'PK101', 'buoy', false],
    ['buoy', 'any', 'buoy', false],
    ['handset', 'any', 'buoy', true],
    ['handset', 'PK005', 'buoy', true],
    ['handset', 'PK006', 'handset', false],
    ['any', 'any', 'handset', true],
  ])('from a %s, %s to the modem of a %s: %s', (from, type, kind, expected) => {
    expect(hasFormat(route({ from, type, kind }))).toBe(expected)
  })

  it('is true for positions to a tracker, and for everything to a program', () => {
    const base = route({ type: 'PK005', kind: null })
    expect(hasFormat({ ...base, target: rockstar })).toBe(false)
    expect(hasFormat({ ...base, messageType: 'PK001', target: rockstar })).toBe(true)
    expect(hasFormat({ ...base, target: webhook })).toBe(true)
  })
})

describe('closesLoop()', () => {
  it.each<[string, LoopRoute, readonly LoopRoute[], boolean]>([
    ['two handsets that send to each other', route({ from: 1, to: 2 }), [route({ id: 2, from: 2, to: 1 })], true],
    [
      'three handsets in a ring',
      route({ from: 1, to: 2 }),
      [route({ id: 2, from: 2, to: 3 }), route({ id: 3, from: 3, to: 1 })],
      true,
    ],
    ['all handsets on the way back', route({ from: 1, to: 2 }), [route({ id: 2, from: 'handset', to: 1 })], false],
    ['commands on the way back', route({ from: 1, to: 2 }), [route({ id: 2, from: 2, to: 1, kind: 'buoy' })], false],
    ['a chain', route({ from: 1, to: 2 }), [route({ id: 2, from: 2, to: 3 })], false],
    ['its own earlier version', route({ from: 1, to: 2 }), [route({ id: 1, from: 2, to: 1 })], false],
    ['all handsets to one of them', route({ from: 'handset', to: 2 }), [], false],
  ])('%s: %#', (_title, one, others, expected) => {
    expect(closesLoop(one, others)).toBe(expected)
  })
})
