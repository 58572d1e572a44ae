import { assert, describe, fc, it } from '../test/harness.ts'
import { randomMessage } from '../test/inputs.ts'
import { createRandom } from '../test/random.ts'
import { checkResult } from '../test/rules.ts'
import { decode } from './decode.ts'
import { decodeRockstarText } from './rockstar-text.ts'

const contexts = [
  { receivedAt: new Date('2026-11-24T03:05:33Z'), transmitTime: new Date('2026-11-24T03:05:31Z') },
  { receivedAt: new Date('2027-01-01T00:00:10Z'), transmitTime: null },
] as const

describe('decode() neither throws nor breaks a rule', () => {
  it('for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...contexts), (bytes, context) => {
        checkResult(decode(bytes, context), context)
      }),
      { numRuns: 3000 },
    )
  })

  it('for 50,000 damaged messages (the fuzz run takes 10,000,000)', () => {
    const random = createRandom(20_261_124)
    for (let count = 0; count < 50_000; count++) {
      const bytes = randomMessage(random)
      const context = random.pick(contexts)
      const result = decode(bytes, context)
      checkResult(result, context)
      assert.ok(JSON.stringify(result).length < 60_000)
    }
  })

  it('and returns the same result for the same bytes', () => {
    const random = createRandom(7)
    for (let count = 0; count < 1000; count++) {
      const bytes = randomMessage(random)
      assert.deepEqual(decode(bytes, contexts[0]), decode(Uint8Array.from(bytes), contexts[0]))
    }
  })
})

describe('decodeRockstarText() does not throw', () => {
  it('for any text', () => {
    const words = fc.constantFrom('IRD', 'update', 'Beacon', 'on', 'off', ' ', '10', 'min', '\n', '…')
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (value) => void decodeRockstarText(value)),
      { numRuns: 3000 },
    )
  })

  it('and handles long text within a second', () => {
    const start = performance.now()
    for (const text of [
      `IRD update ${' '.repeat(100_000)}x`,
      `beacon on ${'o'.repeat(100_000)}`,
      ' '.repeat(100_000),
    ]) {
      decodeRockstarText(text)
    }
    assert.ok(performance.now() - start < 1000)
  })
})
