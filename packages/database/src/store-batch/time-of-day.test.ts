import { isNoNews } from './time-of-day.ts'

const newest = new Date('2026-03-01T12:00:00Z')

describe('isNoNews()', () => {
  it.each([
    ['later, at another time of day', '2026-03-01T12:20:00Z', false],
    ['the same fix', '2026-03-01T12:00:00Z', true],
    ['earlier', '2026-02-28T23:59:59Z', true],
    ['the same time of day, a day later', '2026-03-02T12:00:00Z', true],
    ['the same time of day, three days later', '2026-03-04T12:00:00Z', true],
  ])('%s', (_name, fixAt, expected) => {
    expect(isNoNews(new Date(fixAt), newest)).toBe(expected)
  })

  it('is news from a modem that never had a fix', () => {
    expect(isNoNews(newest, null)).toBe(false)
  })
})
