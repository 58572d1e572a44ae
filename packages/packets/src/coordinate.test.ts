import { assert, describe, fc, it } from '../test/harness.ts'
import { printAngle } from '../test/device-writers.ts'
import { formatCoordinate, hemisphereOf, readCoordinate } from './coordinate.ts'

const table: readonly [wire: string, degrees: number][] = [
  ['3749.5074', 37 + 49.5074 / 60],
  ['12216.6021', 122 + 16.6021 / 60],
  ['800.0120', 8 + 0.012 / 60],
  ['030.0000', 0.5],
  ['000.0000', 0],
  ['000.0001', 0.0001 / 60],
  ['9000.0000', 90],
  ['18000.0000', 180],
  ['17959.9999', 179 + 59.9999 / 60],
]

describe('readCoordinate() and formatCoordinate() are inverse', () => {
  for (const [wire, degrees] of table) {
    it(`for ${wire} and ${degrees}`, () => {
      assert.deepEqual(readCoordinate(wire), { ok: true, value: degrees })
      assert.equal(formatCoordinate(degrees), wire)
      assert.equal(formatCoordinate(-degrees), wire)
    })
  }

  it('for every angle the wire can express', () => {
    fc.assert(
      fc.property(fc.nat(180), fc.nat(599_999), (degrees, units) => {
        const wire = printAngle({ degrees, units })
        const reading = readCoordinate(wire)
        assert.ok(reading.ok)
        assert.equal(reading.value, degrees + units / 10_000 / 60)
        assert.equal(formatCoordinate(reading.value), wire)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('readCoordinate()', () => {
  it('accepts any number of decimals', () => {
    assert.deepEqual(readCoordinate('3749.5'), { ok: true, value: 37 + 49.5 / 60 })
    assert.deepEqual(readCoordinate('3749.5074123'), { ok: true, value: 37 + 49.5074123 / 60 })
  })

  it('reads the 999 degrees of a GPS without a fix', () => {
    assert.deepEqual(readCoordinate('99900.0000'), { ok: true, value: 999 })
  })

  for (const raw of [
    '',
    '37',
    '374',
    '3749',
    '49.5074',
    '.5074',
    '3749.',
    '-3749.5074',
    '+3749.5074',
    '3749,5',
    '37 49.5',
    '3749.5e1',
    '3749.5074N',
    '0x10.0',
    '123456789.0',
  ]) {
    it(`refuses ${JSON.stringify(raw)}`, () => {
      const reading = readCoordinate(raw)
      assert.ok(!reading.ok && reading.code === 'malformed')
    })
  }

  const carried: readonly [wire: string, degrees: number][] = [
    ['3760.0000', 38],
    ['060.0000', 1],
    ['960.0', 10],
    ['060.000000000000', 1],
    ['8960.0000', 90],
    ['17960.0000', 180],
    ['9060.0000', 91],
    ['18060.0000', 181],
  ]
  for (const [wire, degrees] of carried) {
    it(`reads exactly 60 minutes as the next degree: ${wire} is ${degrees}`, () => {
      assert.deepEqual(readCoordinate(wire), { ok: true, value: degrees })
    })
  }

  for (const raw of ['3760.0001', '3760.000000000001', '060.9999', '3761.0000', '3799.9999']) {
    it(`refuses more than 60 minutes: ${raw}`, () => {
      const reading = readCoordinate(raw)
      assert.ok(!reading.ok && reading.code === 'out-of-range')
    })
  }
})

describe('formatCoordinate() carries minutes that round up to 60 into the degrees', () => {
  const carried: readonly [degrees: number, wire: string][] = [
    [37 + 59.99994 / 60, '3759.9999'],
    [37 + 59.99996 / 60, '3800.0000'],
    [0.9999999999, '100.0000'],
    [89.9999999999, '9000.0000'],
    [179.9999999999, '18000.0000'],
    [9 + 9.99996 / 60, '910.0000'],
  ]
  for (const [degrees, wire] of carried) {
    it(`${degrees} becomes ${wire}`, () => assert.equal(formatCoordinate(degrees), wire))
  }
})

describe('hemisphereOf()', () => {
  it('returns N or E for zero, negative zero and anything that rounds to zero', () => {
    for (const degrees of [0, -0, -1e-9]) {
      assert.equal(hemisphereOf(degrees, 'latitude'), 'N')
      assert.equal(hemisphereOf(degrees, 'longitude'), 'E')
    }
  })

  it('follows the sign elsewhere', () => {
    assert.equal(hemisphereOf(-0.00001, 'latitude'), 'S')
    assert.equal(hemisphereOf(90, 'latitude'), 'N')
    assert.equal(hemisphereOf(-180, 'longitude'), 'W')
    assert.equal(hemisphereOf(180, 'longitude'), 'E')
  })
})
