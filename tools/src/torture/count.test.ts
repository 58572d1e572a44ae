import { count, type Evidence, isClean, type StoredDelivery } from './count.ts'
import { isToCome } from './evidence.ts'
import { planBlows } from './plan.ts'
import { createRandom } from './random.ts'
import { keyOf, type Receipt } from './receipts.ts'
import type { Addressee } from './routes.ts'

const BUOY = '300434000100000'
const keys = ['3700.0000', '3700.0001', '3700.0002'].map((latitude) => `${BUOY}/${latitude}`)
const [first = '', second = '', third = ''] = keys

const addressees: readonly Addressee[] = [
  { endpointId: 1, routeId: 11, name: 'queue', manner: 'well' },
  { endpointId: 2, routeId: 12, name: 'dead', manner: 'dead' },
  { endpointId: 3, routeId: 13, name: 'modem', manner: 'modem', follows: BUOY },
]

/** Three messages, all is well; the oldest position was overtaken on its way to the modem. */
function allWell() {
  const deliveries: StoredDelivery[] = keys.flatMap((_, index) => [
    { id: index * 10 + 1, messageId: index + 1, endpointId: 1, state: 'sent', reason: null, endpointReason: null },
    {
      id: index * 10 + 2,
      messageId: index + 1,
      endpointId: 2,
      state: 'queued',
      reason: null,
      endpointReason: 'paused: failing',
    },
    ...(index === 2
      ? []
      : [
          {
            id: index * 10 + 3,
            messageId: index + 1,
            endpointId: 3,
            state: 'sent',
            reason: null,
            endpointReason: null,
          },
        ]),
  ])
  const received = (index: number): Receipt => ({ deliveryId: String(index * 10 + 1), key: keys[index] ?? '' })
  return {
    sent: keys.map((key) => ({ imei: BUOY, key })),
    stored: keys.map((key, index) => ({
      id: index + 1,
      key,
      state: 'processed',
      copies: 0,
      skipped: new Map(index === 2 ? [[13, 'overtaken']] : []),
    })),
    deliveries,
    addressees,
    receipts: new Map<number, Receipt[]>([
      [1, [received(0), received(1), received(2)]],
      [2, []],
      [
        3,
        [
          { deliveryId: null, key: first },
          { deliveryId: null, key: second },
        ],
      ],
    ]),
  } satisfies Evidence
}

function set(evidence: ReturnType<typeof allWell>, id: number, values: Partial<StoredDelivery>): void {
  const at = evidence.deliveries.findIndex((row) => row.id === id)
  const row = evidence.deliveries[at]
  if (row !== undefined) evidence.deliveries[at] = { ...row, ...values }
}

describe('the count', () => {
  it('finds nothing wrong with a clean run', () => {
    const verdict = count(allWell())
    expect(isClean(verdict)).toBe(true)
    expect(verdict.lines).toEqual([
      'devices sent 3, stored 3, copies 0',
      'queue: got 3',
      'dead: got 0, 3 queued',
      '1 modems: got 2, 1 overtaken',
    ])
  })

  const faults: readonly [string, keyof ReturnType<typeof count>, (evidence: ReturnType<typeof allWell>) => void][] = [
    ['a message that is not stored', 'lost', ({ stored }) => stored.splice(1, 1)],
    ['a message that is stored twice', 'doubled', ({ stored }) => stored.push(...stored.slice(0, 1))],
    [
      'a message that nobody acted on',
      'unaccounted',
      ({ stored }) => stored.splice(0, 1, ...stored.slice(0, 1).map((one) => ({ ...one, state: 'accepted' }))),
    ],
    ['a delivery that was never written', 'lost', ({ deliveries }) => deliveries.splice(0, 1)],
    ['a delivery that is sent and did not arrive', 'lost', ({ receipts }) => receipts.get(1)?.pop()],
    ['an MT that is sent and did not arrive', 'lost', ({ receipts }) => receipts.get(3)?.pop()],
    [
      'a program that got one under two ids',
      'doubled',
      ({ receipts }) => receipts.get(1)?.push({ deliveryId: '99', key: third }),
    ],
    [
      'a modem that got one twice',
      'doubled',
      ({ receipts }) => receipts.get(3)?.push({ deliveryId: null, key: second }),
    ],
    ['a program that got two in the wrong order', 'outOfOrder', ({ receipts }) => receipts.get(1)?.reverse()],
    ['a modem that got two in the wrong order', 'outOfOrder', ({ receipts }) => receipts.get(3)?.reverse()],
    ['what nobody sent', 'unaccounted', ({ receipts }) => receipts.get(1)?.push({ deliveryId: '7', key: 'x' })],
    ['a wait without a reason', 'unaccounted', (all) => set(all, 2, { endpointReason: null })],
    ['a delivery that failed', 'unaccounted', (all) => set(all, 2, { state: 'failed', reason: 'bug' })],
    ['a parked one without a reason', 'unaccounted', (all) => set(all, 3, { state: 'parked' })],
    [
      'a healthy program that waits',
      'unaccounted',
      (all) => set(all, 1, { state: 'queued', endpointReason: 'paused: failing' }),
    ],
  ]
  it.each(faults)('finds %s', (_, kind, spoil) => {
    const evidence = allWell()
    spoil(evidence)
    expect(count(evidence)[kind]).not.toEqual([])
  })

  it('allows an unknown MT to arrive once or not at all, and a program to receive an id twice', () => {
    const evidence = allWell()
    set(evidence, 3, { state: 'unknown', reason: 'no-answer-recorded' })
    set(evidence, 13, { state: 'unknown', reason: 'timeout' })
    evidence.receipts.set(3, [{ deliveryId: null, key: second }])
    evidence.receipts.get(1)?.push({ deliveryId: '1', key: first })
    expect(count(evidence)).toMatchObject({ lost: [], doubled: [], outOfOrder: [], unaccounted: [] })
    evidence.receipts.get(3)?.push({ deliveryId: null, key: second })
    expect(count(evidence).doubled).toHaveLength(1)
  })

  it('identifies a message by its latitude, in whichever packet carries it', () => {
    expect(keyOf(BUOY, 'PK101;lat:3700.0001,NS:N,lon:12216.6021,EW:W')).toBe(second)
    expect(keyOf(BUOY, '+DATA:PK004,3700.0001,N,12216.6021,W,0.0,0.0,104100.000,1;')).toBe(second)
    expect(keyOf(BUOY, 'PK005;1')).toBeNull()
  })
})

describe('what is still to come', () => {
  it('is every open delivery except those of a lame endpoint with a reason', () => {
    const lameIds = [2, 3]
    const reasons = new Map([
      [1, 'paused: failing'],
      [2, 'failing, not paused yet'],
      [3, null],
    ])
    const left = [1, 2, 3].filter((endpointId) => isToCome({ endpointId }, { lameIds, reasons }))
    expect(left).toEqual([1, 3])
  })
})

describe('the disruptions', () => {
  it('are the same for the same seed, in the numbers asked for', () => {
    const plan = (seed: number) =>
      planBlows(createRandom(seed), {
        aims: [
          { part: 'a', weight: 1, hasClock: true },
          { part: 'b', weight: 2, hasClock: false },
        ],
        kills: 40,
        clocks: 6,
        gapMs: 100,
      })
    expect(plan(7)).toEqual(plan(7))
    expect(plan(7)).not.toEqual(plan(8))
    const times = (...kinds: string[]) => kinds.map((one) => plan(7).filter(({ kind }) => kind === one).length)
    expect(times('kill', 'pause', 'restart', 'clock')).toEqual([40, 10, 5, 6])
    expect(plan(7).every(({ kind, part }) => kind !== 'clock' || part === 'a')).toBe(true)
  })
})
