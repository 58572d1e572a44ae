import type { DeviceRow } from '@paikea/database'
import { positionFrozenSince } from './frozen.ts'

const fixAt = new Date('2026-11-01T10:00:00Z')
const state = (frozenSince: Date | null, lastFixAt: Date | null) =>
  // The two columns it looks at.
  ({ frozenSince, lastFixAt }) as DeviceRow['state']

describe('positionFrozenSince()', () => {
  it('returns the time of the last fix when that fix is being repeated', () => {
    expect(positionFrozenSince(state(new Date(fixAt), fixAt))).toEqual(fixAt)
  })

  it.each([
    ['an older fix is repeated', new Date('2026-11-01T09:00:00Z'), fixAt],
    ['a newer, suspect fix is repeated', new Date('2026-11-01T10:05:00Z'), fixAt],
    ['nothing is repeated', null, fixAt],
    ['there is no fix', fixAt, null],
  ])('returns null when %s', (_name, frozenSince, lastFixAt) => {
    expect(positionFrozenSince(state(frozenSince, lastFixAt))).toBeNull()
  })

  it('returns null for a device that was never heard', () => {
    expect(positionFrozenSince(null)).toBeNull()
  })
})
