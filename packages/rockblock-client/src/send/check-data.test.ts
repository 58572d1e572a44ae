import { answering, IMEI } from '../../test/clients.ts'
import { describe, equal, includes, it } from '../../test/harness.ts'
import { CloudloopClient } from './cloudloop-client.ts'
import { RockBlockClient } from './rockblock-client.ts'

describe('data that is not a Uint8Array', () => {
  const cases: [title: string, data: unknown][] = [
    ['a string', 'Hello'],
    ['an empty string', ''],
    ['a Uint16Array', new Uint16Array([1, 256])],
    ['a Uint8ClampedArray', new Uint8ClampedArray(3)],
    ['a DataView', new DataView(new ArrayBuffer(3))],
    ['an array', [1, 2, 3]],
    ['an ArrayBuffer', new ArrayBuffer(3)],
    ['an object with a length', { length: 3 }],
    ['a number', 3],
    ['null', null],
    ['undefined', undefined],
  ]
  for (const [title, data] of cases) {
    it(`is refused before anything is sent: ${title}`, async () => {
      const { fetch, requests } = answering(() => new Response('OK,1'))
      const rockBlock = new RockBlockClient({ username: 'u', password: 'p', fetch })
      const cloudloop = new CloudloopClient({ token: 'token', fetch })
      // The types forbid these; a caller in JavaScript is not kept from them.
      const untyped = data as never
      const expected = {
        outcome: 'rejected',
        fault: 'message',
        reason: 'not-hex',
        code: 14,
        text: 'data must be a Uint8Array; not sent',
      }
      equal(await rockBlock.sendMt({ imei: IMEI, data: untyped }), expected)
      equal(await cloudloop.sendSbd({ thing: 't', data: untyped }), expected)
      equal(await cloudloop.sendImt({ thing: 't', data: untyped, topic: 'IMT_TOPIC_RAW' }), expected)
      equal(requests.length, 0)
    })
  }

  it('does not include a subarray or an instance of a subclass', async () => {
    class Bytes extends Uint8Array {}
    for (const data of [new Uint8Array([9, 1, 2]).subarray(1), Bytes.of(1, 2)]) {
      const { fetch, requests } = answering(() => new Response('OK,1'))
      const client = new RockBlockClient({ username: 'u', password: 'p', fetch })
      includes(await client.sendMt({ imei: IMEI, data }), { outcome: 'sent' })
      equal(new URLSearchParams(await requests[0]?.text()).get('data'), '0102')
    }
  })
})
