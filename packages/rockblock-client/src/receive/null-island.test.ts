import { describe, equal, it } from '../../test/harness.ts'
import { messageOf, parseJson } from '../../test/bodies.ts'
import { SAMPLE_FIELDS } from '../testing/mod.ts'
import { isNullIsland } from './null-island.ts'

const METRE = 1 / 111_195

describe('isNullIsland()', () => {
  const cases: [title: string, latitude: number, longitude: number, expected: boolean][] = [
    ['0, 0', 0, 0, true],
    ['-0, 0', -0, 0, true],
    ['19 m south', -19 * METRE, 0, true],
    ['19 m to the north-east', 13 * METRE, 13 * METRE, true],
    ['21 m west', 0, -21 * METRE, false],
    ['300 m east', 0, 300 * METRE, false],
    ['the equator', 0, -30, false],
    ['the Greenwich meridian', 51.5, 0, false],
  ]
  for (const [title, latitudeDegrees, longitudeDegrees, expected] of cases) {
    it(`${expected ? 'is true for' : 'is false for'} ${title}`, () =>
      equal(isNullIsland({ latitudeDegrees, longitudeDegrees }), expected))
  }

  it('makes the parser drop a tracker’s position with a note, and an Iridium estimate without one', () => {
    const at = (lat: number, lon: number) => {
      const message = messageOf(
        parseJson({ ...SAMPLE_FIELDS['core-push'], lat, lon, iridium_latitude: lat, iridium_longitude: lon }),
      )
      if (message.format !== 'core-push') throw new Error(message.format)
      return { ...message, codes: message.problems.map(({ field, code }) => `${field} ${code}`) }
    }
    const none = at(0.0001, -0.0001)
    equal([none.position, none.iridium, none.codes], [null, null, ['lat null-island']])
    for (const [lat, lon] of [
      [0.003, 0],
      [0, -30],
      [51.5, 0],
    ] as const) {
      const there = at(lat, lon)
      equal([there.position, there.codes], [{ latitudeDegrees: lat, longitudeDegrees: lon }, []])
    }
  })
})
