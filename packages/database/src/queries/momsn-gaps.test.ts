import { gapsBetween } from './momsn-gaps.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 0, minute))
/** One session every ten minutes. */
const sessions = (...numbers: number[]) => numbers.map((momsn, index) => ({ momsn, sentAt: at(10 * index) }))

describe('gapsBetween()', () => {
  it.each<[string, number[], { from: number; to: number; since: Date }[]]>([
    ['nothing if no number is missing', [7, 8, 9], []],
    ['nothing for a modem that was never heard', [], []],
    ['nothing if a message came twice', [7, 7, 8], []],
    ['the missing numbers, since the message before', [7, 10, 11], [{ from: 8, to: 9, since: at(0) }]],
    [
      'the latest gap first',
      [7, 9, 12],
      [
        { from: 10, to: 11, since: at(10) },
        { from: 8, to: 8, since: at(0) },
      ],
    ],
    ['a gap across the wrap of the counter', [65_534, 2], [{ from: 65_535, to: 1, since: at(0) }]],
    ['nothing if the counter wraps without a gap', [65_535, 0], []],
    ['nothing if the counter was reset', [30_000, 1, 2], []],
    ['nothing for a portal test with a random number', [7, 40_000, 8, 9], []],
    ['a gap around a portal test', [7, 40_000, 9], [{ from: 8, to: 8, since: at(0) }]],
  ])('returns %s', (_what, numbers, gaps) => {
    expect(gapsBetween(sessions(...numbers))).toEqual(gaps)
  })

  it('orders sessions by time of transmission, so that a late message fills its gap', () => {
    const [first, late, last] = sessions(7, 8, 9)
    if (first === undefined || late === undefined || last === undefined) throw new Error('three were made')
    expect(gapsBetween([first, last])).toHaveLength(1)
    expect(gapsBetween([first, last, late])).toEqual([])
  })

  it('returns a large gap after a long silence', () => {
    const days = { momsn: 20_000, sentAt: at(30 * 24 * 60) }
    expect(gapsBetween([{ momsn: 1, sentAt: at(0) }, days])).toMatchObject([{ from: 2, to: 19_999 }])
  })
})
