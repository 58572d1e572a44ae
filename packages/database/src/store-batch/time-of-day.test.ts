import { isNoNews } from './time-of-day.ts'

const newest = new Date('2026-03-01T12:00:00Z')

describe('isNoNews()', () => {
  it.each([
    ['returns false for a later fix at another time of day', '2026-03-01T12:20:00Z', false],
    ['returns true for the same fix', '2026-03-01T12:00:00Z', true],
    ['returns true for an earlier fix', '2026-02-28T23:59:59Z', true],
    ['returns true for the same time of day, a day later', '2026-03-02T12:00:00Z', true],
    ['returns true for the same time of day, three days later', '2026-03-04T12:00:00Z', true],
  ])('%s', (_name, fixAt, expected) => {
    expect(isNoNews(new Date(fixAt), newest)).toBe(expected)
  })

  it('returns false for a modem that never had a fix', () => {
    expect(isNoNews(newest, null)).toBe(false)
  })
})
