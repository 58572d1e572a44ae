import { drift, openWater, startTrack, trackPoint } from './track.ts'

const start = Date.parse('2026-11-24T00:00:00Z')
const place = { latitudeDegrees: 36.5, longitudeDegrees: -125 }
const HOUR_MS = 3_600_000

describe('drift()', () => {
  it('returns the same position whatever the number of steps', () => {
    const once = drift(startTrack(5, start, place), start + 48 * HOUR_MS)
    let often = startTrack(5, start, place)
    for (let hour = 1; hour <= 96; hour++) often = drift(often, start + hour * (HOUR_MS / 2))
    expect(often).toEqual(once)
  })

  it('differs from seed to seed', () => {
    const one = drift(startTrack(5, start, place), start + 24 * HOUR_MS)
    const other = drift(startTrack(6, start, place), start + 24 * HOUR_MS)
    expect(Math.abs(one.latitudeDegrees - other.latitudeDegrees)).toBeGreaterThan(0.01)
  })

  it.each([1, 2])('stays in open water for two months, at the speed of a drifter (seed %i)', (seed) => {
    let state = startTrack(seed, start, place)
    let fastest = 0
    for (let day = 1; day <= 60; day++) {
      state = drift(state, start + day * 24 * HOUR_MS)
      fastest = Math.max(fastest, trackPoint(state).sogKnots)
      expect(state.latitudeDegrees).toBeGreaterThan(openWater.south - 0.1)
      expect(state.latitudeDegrees).toBeLessThan(openWater.north + 0.1)
      expect(state.longitudeDegrees).toBeGreaterThan(openWater.west - 0.1)
      expect(state.longitudeDegrees).toBeLessThan(openWater.east + 0.1)
    }
    expect(fastest).toBeGreaterThan(0.1)
    expect(fastest).toBeLessThan(2)
  })

  it('reports a speed and course that agree with its movement', () => {
    const from = drift(startTrack(9, start, place), start + 5 * HOUR_MS)
    const to = drift(from, start + 5 * HOUR_MS + 60_000)
    const north = (to.latitudeDegrees - from.latitudeDegrees) * 111_120
    const east =
      (to.longitudeDegrees - from.longitudeDegrees) * 111_120 * Math.cos((from.latitudeDegrees * Math.PI) / 180)
    const point = trackPoint(from)
    expect(Math.hypot(north, east) / 60 / 0.514444).toBeCloseTo(point.sogKnots, 2)
    expect(((Math.atan2(east, north) * 180) / Math.PI + 360) % 360).toBeCloseTo(point.cogDegrees, 0)
  })
})
