import { distanceNm, isPlausible, judgeFix, type KnownFix } from './plausible.ts'

const fix = (minute: number, latitude: number, longitude = -122) => ({
  at: new Date(Date.UTC(2026, 10, 24, 0, minute)),
  latitude,
  longitude,
})
/** Fixes in the order they come in, each judged by those before; answers which are believed in the end. */
function believedOf(...fixes: readonly ReturnType<typeof fix>[]): boolean[] {
  const known: KnownFix[] = []
  for (const one of fixes) {
    const { isBelieved } = judgeFix(one, known, 60)
    known.push({ ...one, isBelieved })
  }
  return known.map(({ isBelieved }) => isBelieved)
}

describe('distanceNm()', () => {
  it('returns sixty miles for a degree of latitude, and the short way across the date line', () => {
    expect(distanceNm(fix(0, 10), fix(0, 11))).toBeCloseTo(60.04, 1)
    expect(distanceNm({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(60.04, 1)
    expect(distanceNm({ latitude: 36, longitude: -122 }, { latitude: 66.3, longitude: -3 })).toBeGreaterThan(4000)
  })
})

describe('isPlausible()', () => {
  it.each<[string, ReturnType<typeof fix>, boolean]>([
    ['the same place', fix(5, 36), true],
    ['five miles at once, whatever the speed', fix(0, 36.08), true],
    ['six miles in five minutes, which is 72 knots', fix(5, 36.1), false],
    ['six miles in seven minutes, which is 51 knots', fix(7, 36.1), true],
    ['the other side of the world after a week and a half', fix(11 * 24 * 60, -36, 58), true],
  ])('judges %s', (_what, other, expected) => {
    expect(isPlausible(fix(0, 36), other, 60)).toBe(expected)
    expect(isPlausible(other, fix(0, 36), 60)).toBe(expected)
  })
})

describe('judgeFix()', () => {
  it.each<[string, ReturnType<typeof fix>[], boolean[]]>([
    ['the first fix', [fix(0, 36)], [true]],
    ['a jump', [fix(0, 36), fix(5, 66)], [true, false]],
    ['a jump that a second fix confirms', [fix(0, 36), fix(5, 66), fix(10, 66.01)], [true, true, true]],
    ['a jump that the next fix does not confirm', [fix(0, 36), fix(5, 66), fix(10, 36.01)], [true, false, true]],
    [
      'a jump before a much later fix reachable from both places',
      [fix(0, 36), fix(5, 37), fix(600, 36.02)],
      [true, false, true],
    ],
    [
      'a jump confirmed a day later by a fix reachable from both places',
      [fix(0, 36), fix(5, 40), fix(1500, 40.01)],
      [true, true, true],
    ],
    ['a jump back and forth', [fix(0, 36), fix(5, 66), fix(10, 36), fix(15, 66)], [true, false, true, false]],
    ['three fixes in three places', [fix(0, 36), fix(5, 66), fix(10, 6)], [true, false, false]],
    ['a wrong fix that came first', [fix(0, 66), fix(5, 36), fix(10, 36.01)], [true, true, true]],
    ['a late fix far from both its neighbours', [fix(0, 36), fix(20, 36.02), fix(10, 66)], [true, true, false]],
    ['a late fix that fits its neighbours', [fix(0, 36), fix(20, 36.02), fix(10, 36.01)], [true, true, true]],
    [
      'late fixes on either side of a journey by plane',
      [fix(0, 36), fix(60, 66), fix(65, 66), fix(10, 36.01), fix(55, 66.01)],
      [true, true, true, true, true],
    ],
    ['a late fix that confirms a jump', [fix(0, 36), fix(10, 66), fix(8, 65.99)], [true, true, true]],
  ])('judges %s', (_what, fixes, expected) => {
    expect(believedOf(...fixes)).toEqual(expected)
  })

  it('returns the fixes it confirms, and marks them as believed', () => {
    const known = [
      { ...fix(0, 36), isBelieved: true },
      { ...fix(5, 66), isBelieved: false, id: 7 },
    ]
    expect(judgeFix(fix(10, 66), known, 60)).toMatchObject({ isBelieved: true, confirmed: [{ id: 7 }] })
    expect(known[1]?.isBelieved).toBe(true)
  })
})
