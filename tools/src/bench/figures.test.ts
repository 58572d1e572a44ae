import { formatFigure, median, overRounds, percentile } from './figures.ts'
import { BENCH_MODEMS, benchDelivery } from './messages.ts'

describe('median() and percentile()', () => {
  it('take the middle and the nearest rank whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
    expect(
      percentile(
        Array.from({ length: 100 }, (_, i) => i + 1),
        0.99,
      ),
    ).toBe(99)
    expect(median([])).toBeNaN()
  })

  it('apply to each unit over the rounds, in a figure that shows its goal', () => {
    const figure = overRounds(
      'x',
      [
        { perSecond: 10, p99Ms: 1 },
        { perSecond: 30, p99Ms: 3 },
        { perSecond: 20, p99Ms: 2 },
      ],
      '≥ 5/s',
    )
    expect(figure.medians).toEqual({ perSecond: 20, p99Ms: 2 })
    expect(formatFigure(figure)).toContain('[goal: ≥ 5/s]')
  })
})

describe('benchDelivery()', () => {
  it('never makes the same delivery twice', () => {
    const startedAt = new Date('2026-01-01T00:00:00.000Z')
    const bodies = new Set(Array.from({ length: BENCH_MODEMS * 20 }, (_, i) => benchDelivery(i, startedAt)))
    expect(bodies.size).toBe(BENCH_MODEMS * 20)
  })
})
