import { assert, describe, it } from '../test/harness.ts'
import { encodePosition, encodeRockstarPosition, type HandsetPosition } from './encode-position.ts'
import { ENCODE_PROBLEM_CODES } from './encode-result.ts'

const position: HandsetPosition = {
  latitudeDegrees: 37 + 49.5074 / 60,
  longitudeDegrees: -(122 + 16.6021 / 60),
  fixAt: new Date('2026-11-24T03:05:01.000Z'),
  sogKnots: 0.5,
  cogDegrees: 12,
}

const texts: readonly [title: string, changes: Partial<HandsetPosition>, text: string][] = [
  ['as in the protocol', {}, '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,12.0,030501.000,0;'],
  [
    'degrees without padding',
    { latitudeDegrees: -(8 + 0.012 / 60), longitudeDegrees: 0.5 },
    '+DATA:PK004,800.0120,S,030.0000,E,0.5,12.0,030501.000,0;',
  ],
  [
    'an unknown speed and course as zero',
    { sogKnots: null, cogDegrees: null },
    '+DATA:PK004,3749.5074,N,12216.6021,W,0.0,0.0,030501.000,0;',
  ],
  [
    'zero without a sign',
    { latitudeDegrees: -0, longitudeDegrees: -1e-9, sogKnots: -0 },
    '+DATA:PK004,000.0000,N,000.0000,E,0.0,12.0,030501.000,0;',
  ],
  [
    'a course that rounds up to north',
    { cogDegrees: 359.96, statusInteger: 17, fixAt: new Date('2026-12-31T23:59:59.999Z') },
    '+DATA:PK004,3749.5074,N,12216.6021,W,0.5,0.0,235959.999,17;',
  ],
  [
    'a pole and the date line',
    { latitudeDegrees: -90, longitudeDegrees: -180 },
    '+DATA:PK004,9000.0000,S,18000.0000,W,0.5,12.0,030501.000,0;',
  ],
]

describe('encodePosition() writes', () => {
  for (const [title, changes, text] of texts) {
    it(title, () => assert.deepEqual(encodePosition({ ...position, ...changes }), { ok: true, text }))
  }

  it('an omitted speed and course as zero', () => {
    const { latitudeDegrees, longitudeDegrees, fixAt } = position
    const text = '+DATA:PK004,3749.5074,N,12216.6021,W,0.0,0.0,030501.000,0;'
    assert.deepEqual(encodePosition({ latitudeDegrees, longitudeDegrees, fixAt }), { ok: true, text })
  })
})

const refusals: readonly [changes: Partial<HandsetPosition>, code: string, field: string, detail: string][] = [
  [{ latitudeDegrees: 90.0001 }, 'out-of-range', 'latitudeDegrees', 'latitudeDegrees is not within -90..90'],
  [{ latitudeDegrees: 999 }, 'out-of-range', 'latitudeDegrees', 'latitudeDegrees is not within -90..90'],
  [{ latitudeDegrees: Number.NaN }, 'not-a-number', 'latitudeDegrees', 'latitudeDegrees is not a finite number'],
  [{ longitudeDegrees: -180.1 }, 'out-of-range', 'longitudeDegrees', 'longitudeDegrees is not within -180..180'],
  [{ longitudeDegrees: Infinity }, 'not-a-number', 'longitudeDegrees', 'longitudeDegrees is not a finite number'],
  [{ fixAt: new Date(Number.NaN) }, 'invalid-date', 'fixAt', 'fixAt is no valid date'],
  [{ sogKnots: -1 }, 'out-of-range', 'sogKnots', 'sogKnots is not within 0..999'],
  [{ sogKnots: Number.NaN }, 'not-a-number', 'sogKnots', 'sogKnots is not a finite number'],
  [{ cogDegrees: 361 }, 'out-of-range', 'cogDegrees', 'cogDegrees is not within 0..360'],
  [{ statusInteger: 0.5 }, 'not-an-integer', 'statusInteger', 'statusInteger is not a whole number'],
  [{ statusInteger: 256 }, 'out-of-range', 'statusInteger', 'statusInteger is not within 0..255'],
]

describe('encodePosition() refuses', () => {
  for (const [changes, code, field, detail] of refusals) {
    it(`${field}: ${code} (${String(Object.values(changes)[0])})`, () => {
      assert.deepEqual(encodePosition({ ...position, ...changes }), { ok: false, problem: { code, field, detail } })
      assert.ok(Object.hasOwn(ENCODE_PROBLEM_CODES, code))
    })
  }
})

describe('encodePosition() and encodeRockstarPosition() refuse a fixAt that is', () => {
  const values: readonly [title: string, fixAt: unknown][] = [
    ['missing', undefined],
    ['null', null],
    ['a string', '2026-11-24T03:05:01.000Z'],
    ['a number', 1_795_000_000_000],
    ['an object', {}],
    ['an Invalid Date', new Date('x')],
  ]
  for (const [title, fixAt] of values) {
    it(title, () => {
      // Cast: the types forbid what this test is about.
      const broken = { ...position, fixAt } as HandsetPosition
      const expected = {
        ok: false,
        problem: { code: 'invalid-date', field: 'fixAt', detail: 'fixAt is no valid date' },
      }
      assert.deepEqual(encodePosition(broken), expected)
      assert.deepEqual(encodeRockstarPosition(broken), expected)
    })
  }
})

describe('encodeRockstarPosition()', () => {
  it('writes one line: time, latitude, longitude', () => {
    assert.deepEqual(encodeRockstarPosition(position), {
      ok: true,
      text: '2026-11-24 03:05:01 UTC, 37.82512 N, 122.27670 W',
    })
  })

  it('writes zero without a southern or western sign', () => {
    const result = encodeRockstarPosition({ ...position, latitudeDegrees: -0.000001, longitudeDegrees: -0 })
    assert.ok(result.ok)
    assert.equal(result.text, '2026-11-24 03:05:01 UTC, 0.00000 N, 0.00000 E')
  })

  it('writes south and east', () => {
    const result = encodeRockstarPosition({ ...position, latitudeDegrees: -90, longitudeDegrees: 179.999999 })
    assert.ok(result.ok)
    assert.equal(result.text, '2026-11-24 03:05:01 UTC, 90.00000 S, 180.00000 E')
  })

  it('refuses a latitude out of range', () => {
    const result = encodeRockstarPosition({ ...position, latitudeDegrees: 91 })
    assert.ok(!result.ok && result.problem.field === 'latitudeDegrees')
  })
})
