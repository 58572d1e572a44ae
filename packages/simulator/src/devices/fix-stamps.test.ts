import { FixStamps, MOST_AHEAD_MS } from './fix-stamps.ts'

const start = Date.parse('2026-11-24T12:00:00.400Z')
const seconds = (stampMs: number): number => Math.floor(stampMs / 1000)

describe('FixStamps', () => {
  it('are the time itself when fixes are seconds apart', () => {
    const stamps = new FixStamps()
    for (const afterMs of [0, 30_000, 31_000]) expect(stamps.next(start + afterMs)).toBe(start + afterMs)
  })

  it('give each fix a second of its own when a few come together', () => {
    const stamps = new FixStamps()
    const given = [0, 100, 200, 1700].map((afterMs) => seconds(stamps.next(start + afterMs)) - seconds(start))
    expect(given).toEqual([0, 1, 2, 3])
    expect(stamps.next(start + 10_000)).toBe(start + 10_000)
  })

  it('never run back, nor further ahead than MOST_AHEAD_MS', () => {
    const stamps = new FixStamps()
    let beforeMs = 0
    for (let afterMs = 0; afterMs < 20_000; afterMs += 60) {
      const stampMs = stamps.next(start + afterMs)
      expect(stampMs).toBeGreaterThan(beforeMs)
      expect(stampMs - start - afterMs).toBeLessThanOrEqual(MOST_AHEAD_MS)
      beforeMs = stampMs
    }
  })
})
