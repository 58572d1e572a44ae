import { pauseUntilExpiryMs, retryDelayMs, turnCheckDelayMs } from './backoff.ts'

describe('retryDelayMs()', () => {
  it.each([
    [1, null, 10_000],
    [2, null, 20_000],
    [6, null, 320_000],
    [7, null, 600_000],
    [5_000, null, 600_000],
    [1, 3_000, 3_000],
    [9, 120_000, 120_000],
    [1, 9_999_999_999, 3_600_000],
    [1, 0, 10_000],
  ])('after attempt %i with advice %p: %i ms', (attempt, advice, expected) => {
    expect(retryDelayMs(attempt, advice)).toBe(expected)
  })
})

describe('turnCheckDelayMs()', () => {
  it('grows from 30 s to 10 min', () => {
    expect([0, 1, 2, 3, 4, 5, 100].map(turnCheckDelayMs)).toEqual([
      30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000,
    ])
  })
})

describe('pauseUntilExpiryMs()', () => {
  it.each([
    ['is unchanged without an expiry', 60_000, null, 60_000],
    ['ends just after the expiry', 60_000, 30_000, 31_000],
    ['is never shorter than a second', 60_000, -5_000, 1_000],
    ['is unchanged if it ends before the expiry', 60_000, 90_000, 60_000],
  ])('%s', (_title, pauseMs, expiresInMs, expected) => {
    const nowMs = 1_000_000
    expect(pauseUntilExpiryMs(pauseMs, expiresInMs === null ? null : nowMs + expiresInMs, nowMs)).toBe(expected)
  })
})
