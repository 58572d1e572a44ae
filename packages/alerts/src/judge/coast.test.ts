import { readLines, writeLines } from '../watch/coast-file.ts'
import { readAtlas } from '../watch/read-atlas.ts'
import { type Coast, createCoast, flattenRings } from './coast.ts'

const at = (latitudeDegrees: number, longitudeDegrees: number) => ({ latitudeDegrees, longitudeDegrees })

describe('createCoast()', () => {
  it('measures the distance to a square island from both sides, and treats its lake as water', () => {
    const square = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ] as const
    const lake = square.map(([x, y]) => [0.4 + x * 0.2, 0.4 + y * 0.2] as const)
    const coast = createCoast(flattenRings([square, lake]))
    expect(coast.shoreOf(at(0.5, -0.01), 5_000)).toEqual({ isOnLand: false, metres: expect.closeTo(1_112, -1) })
    expect(coast.shoreOf(at(0.5, 0.01), 5_000)).toEqual({ isOnLand: true, metres: expect.closeTo(1_112, -1) })
    expect(coast.shoreOf(at(0.5, 0.5), 5_000)).toEqual({ isOnLand: false, metres: null })
    expect(coast.shoreOf(at(-0.01, -0.01), 5_000).metres).toBeCloseTo(1_572, -1)
  })

  it('places an island that straddles 180° on both sides of it', () => {
    const island = [
      [179, -17],
      [-179, -17],
      [-179, -16],
      [179, -16],
      [179, -17],
    ] as const
    const coast = createCoast(flattenRings([island]))
    for (const longitude of [179.5, 180, -180, -179.5]) {
      expect(coast.shoreOf(at(-16.5, longitude), 1).isOnLand).toBe(true)
    }
    for (const longitude of [178.5, -178.5, 0]) expect(coast.shoreOf(at(-16.5, longitude), 1).isOnLand).toBe(false)
  })

  describe('with the world atlas', () => {
    let coast: Coast
    let bytes: Uint8Array
    beforeAll(async () => {
      bytes = writeLines(await readAtlas())
      coast = createCoast(readLines(bytes))
    })

    it('packs the atlas into less than 8 MB', () => {
      expect(bytes.length).toBeLessThan(8_000_000)
    })

    it('rejects a truncated file', () => {
      expect(() => readLines(bytes.subarray(0, bytes.length / 2))).toThrow(RangeError)
    })

    it.each([
      ['Monterey, in the town', 36.59, -121.89, true],
      ['Nebraska', 41, -100, true],
      ['the South Pole', -90, 0, true],
      ['Taveuni, beyond 180°', -16.85, -179.967, true],
      ['Chukotka, east of 180°', 67, -178, true],
      ['Monterey Bay', 36.75, -122.1, false],
      ['off Cape Mendocino', 40.4, -125.5, false],
      ['the Bering Sea, at 180°', 58, 180, false],
      ['the Southern Ocean', -60, 10, false],
    ])('tells land from sea: %s', (_name, latitude, longitude, isOnLand) => {
      expect(coast.shoreOf(at(latitude, longitude), 5_000).isOnLand).toBe(isOnLand)
    })

    it('measures a shore within the search radius, and returns null beyond it', () => {
      // 3 km west of Point Reyes' beach, and 50 km out.
      expect(coast.shoreOf(at(38.05, -123.03), 10_000).metres).toBeLessThan(6_000)
      expect(coast.shoreOf(at(38.05, -123.6), 10_000).metres).toBeNull()
    })
  })
})
