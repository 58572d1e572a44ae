import { assert, describe, it } from '../test/harness.ts'
import { checkDeviceText } from './device-text.ts'
import { ENCODE_PROBLEM_CODES } from './encode-result.ts'

const refused: readonly [text: string, code: string, detail: string][] = [
  ['', 'empty', 'there is nothing to send'],
  ['+DATA:PK006,20;\n', 'not-ascii', 'a device reads printable ASCII only'],
  ['caf\u00e9', 'not-ascii', 'a device reads printable ASCII only'],
  ['x'.repeat(271), 'too-long', 'the text has 271 bytes, one message holds 270'],
  ['OK', 'forbidden-word', '"OK" makes the device lose the message and the session'],
  ['TOKEN', 'forbidden-word', '"OK" makes the device lose the message and the session'],
  ['+DATA:ERROR,1;', 'forbidden-word', '"ERROR" makes the device lose the message and the session'],
  ['ALREADY', 'forbidden-word', '"READY" makes the device lose the message and the session'],
]

describe('checkDeviceText()', () => {
  for (const [text, code, detail] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}: ${code}`, () => {
      assert.deepEqual(checkDeviceText(text), { ok: false, problem: { code, field: 'text', detail } })
      assert.ok(Object.hasOwn(ENCODE_PROBLEM_CODES, code))
    })
  }

  it('accepts other text', () => {
    for (const text of ['+DATA:PK006,20;', 'ok, ready', 'x'.repeat(270)]) {
      assert.deepEqual(checkDeviceText(text), { ok: true, text })
    }
  })
})
