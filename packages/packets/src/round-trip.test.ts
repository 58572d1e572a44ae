import { printAngle, printTime } from '../test/device-writers.ts'
import { assert, bytesOf, describe, fc, it } from '../test/harness.ts'
import { checkCommand, checkCommands, checkPosition, isNowhere } from '../test/round-trip.ts'
import { decode } from './decode.ts'
import type { DeviceCommand } from './report.ts'

/** Where signs, carries and ranges go wrong. */
function edgesOf(limit: number): number[] {
  const minute = 1 / 60
  const near = [0, 1e-9, 0.00005 * minute, 0.0001 * minute, 59.9999 * minute, 59.99995 * minute, 59.99999 * minute]
  const edges = near.flatMap((part) => [part, 8 + part, 9 + part, limit - 1 + part, limit - part])
  return edges.flatMap((edge) => [edge, -edge])
}

const angle = (limit: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.double({ min: -limit, max: limit, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(...edgesOf(limit)) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: -limit * 600_000, max: limit * 600_000 }).map((units) => units / 600_000),
    },
  )

const time = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
const command: fc.Arbitrary<DeviceCommand> = fc.oneof(
  fc.boolean().map((on) => ({ command: 'beacon', on }) as const),
  fc.integer({ min: 2, max: 1440 }).map((minutes) => ({ command: 'interval', minutes }) as const),
  fc.integer({ min: 1, max: 259_200 }).map((seconds) => ({ command: 'sleep', seconds }) as const),
)
const anyNumber = fc.oneof(fc.integer({ min: -5, max: 1500 }), fc.integer({ min: 259_190, max: 259_210 }), fc.double())

describe('encodePosition() writes what a handset shows as the same position', () => {
  it('at every pair of edge values', () => {
    const fixAt = new Date('2026-12-31T23:59:59.999Z')
    for (const latitudeDegrees of edgesOf(90)) {
      for (const longitudeDegrees of edgesOf(180)) {
        checkPosition({ latitudeDegrees, longitudeDegrees, fixAt, sogKnots: 0, cogDegrees: 360, statusInteger: 0 })
      }
    }
  })

  it('anywhere, at any time', () => {
    const position = fc.record({
      latitudeDegrees: angle(90),
      longitudeDegrees: angle(180),
      fixAt: time,
      sogKnots: fc.option(fc.double({ min: 0, max: 999, noNaN: true })),
      cogDegrees: fc.option(fc.double({ min: 0, max: 360, noNaN: true })),
      statusInteger: fc.nat(255),
    })
    fc.assert(fc.property(position, checkPosition), { numRuns: 5000 })
  })
})

describe('encodeCommand() writes what a buoy carries out as ordered, or refuses', () => {
  for (const generation of ['v2', 'v3'] as const) {
    it(`on ${generation}`, () => {
      const anyCommand: fc.Arbitrary<DeviceCommand> = fc.oneof(
        fc.boolean().map((on) => ({ command: 'beacon', on }) as const),
        anyNumber.map((minutes) => ({ command: 'interval', minutes }) as const),
        anyNumber.map((seconds) => ({ command: 'sleep', seconds }) as const),
      )
      fc.assert(
        fc.property(anyCommand, (value) => checkCommand(value, generation)),
        { numRuns: 5000 },
      )
    })
  }

  it('with several commands in a text, within any limit', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 60 }), fc.integer({ min: 19, max: 270 }), checkCommands),
      {
        numRuns: 1000,
      },
    )
  })
})

describe('decode() reads what a device prints', () => {
  it('for every angle, time and sign', () => {
    const part = (limit: number) => fc.record({ degrees: fc.nat(limit - 1), units: fc.nat(599_999) })
    fc.assert(
      fc.property(part(90), part(180), fc.boolean(), fc.boolean(), time, (lat, lon, isSouth, isWest, fixAt) => {
        const place = `lat:${printAngle(lat)},NS:${isSouth ? 'S' : 'N'},lon:${printAngle(lon)},EW:${isWest ? 'W' : 'E'}`
        const text = `PK001;${place},utc:${printTime(fixAt.getTime() % 86_400_000)},batt:4.7`
        const result = decode(bytesOf(text), { receivedAt: fixAt, transmitTime: new Date(fixAt.getTime() + 30_000) })
        assert.ok(result.ok && result.report.kind === 'position')
        const { report } = result
        const [latitude, longitude] = [lat.degrees + lat.units / 10_000 / 60, lon.degrees + lon.units / 10_000 / 60]
        assert.equal(report.hasFix, !isNowhere(latitude, longitude))
        if (!report.hasFix) return
        assert.deepEqual(report.problems, [])
        assert.equal(report.latitudeDegrees, signed(latitude, isSouth))
        assert.equal(report.longitudeDegrees, signed(longitude, isWest))
        assert.equal(report.fixAt?.getTime(), fixAt.getTime())
        assert.equal(report.fixSkewSeconds, 30)
      }),
      { numRuns: 5000 },
    )
  })
})

function signed(degrees: number, isNegative: boolean): number {
  return isNegative && degrees !== 0 ? -degrees : degrees
}
