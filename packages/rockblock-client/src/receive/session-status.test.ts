import { describe, equal, it } from '../../test/harness.ts'
import { describeSessionStatus, isPositionUnreliable } from './session-status.ts'

describe('SBD session status', () => {
  const meanings: [number, string][] = [
    [0, 'ok'],
    [1, 'ok, but the waiting MT is too large'],
    [2, 'ok, position unreliable'],
    [10, 'timed out'],
    [12, 'MO too large'],
    [13, 'link lost'],
    [14, 'protocol anomaly'],
    [15, 'IMEI not allowed'],
    [77, 'unknown status 77'],
  ]
  for (const [status, meaning] of meanings) {
    it(`${status}: ${meaning}`, () => equal(describeSessionStatus(status), meaning))
  }

  it('marks the position as unreliable for status 2 only', () => {
    equal([0, 1, 2, 10, null].map(isPositionUnreliable), [false, false, true, false, false])
  })
})
