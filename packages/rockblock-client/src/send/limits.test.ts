import { describe, equal, it, throws } from '../../test/harness.ts'
import { creditsFor, momsnGap } from './limits.ts'

describe('creditsFor()', () => {
  it('counts one credit per 50 bytes started, and one for an empty session', () => {
    const cases = [
      [0, 1],
      [1, 1],
      [50, 1],
      [51, 2],
      [100, 2],
      [101, 3],
      [270, 6],
      [340, 7],
    ]
    for (const [bytes = NaN, credits] of cases) equal(creditsFor(bytes), credits, `${bytes} bytes`)
  })

  it('throws a RangeError for an invalid length', () => {
    for (const bytes of [-1, 1.5, NaN, Infinity]) throws(() => creditsFor(bytes), { name: 'RangeError' })
  })
})

describe('momsnGap()', () => {
  it('counts missing messages, even across the wrap, and is negative for an older MOMSN', () => {
    const cases: [previous: number, next: number, gap: number][] = [
      [1, 2, 0],
      [1, 3, 1],
      [7, 7, 0],
      [65_535, 0, 0],
      [65_535, 1, 1],
      [65_530, 4, 9],
      [0, 32_767, 32_766],
      [10, 9, -1],
      [10, 8, -2],
      [0, 65_535, -1],
      [3, 65_534, -5],
      [0, 32_768, -32_768],
    ]
    for (const [previous, next, gap] of cases) equal(momsnGap(previous, next), gap, `${previous} → ${next}`)
  })

  it('throws a RangeError for an invalid MOMSN', () => {
    for (const momsn of [-1, 65_536, 1.5, NaN]) {
      throws(() => momsnGap(momsn, 1), { name: 'RangeError' })
      throws(() => momsnGap(1, momsn), { name: 'RangeError' })
    }
  })
})
