import { answering } from '../../test/clients.ts'
import { describe, equal, includes, it } from '../../test/harness.ts'
import { createFakeService } from '../testing/mod.ts'
import { CloudloopClient } from './cloudloop-client.ts'

const data = new Uint8Array([0, 1, 255])

describe('CloudloopClient', () => {
  it('sends SBD as hex and IMT as Base64, with the token in the body', async () => {
    const { fetch, requests } = answering(() => Response.json({ id: 'm-1' }))
    const client = new CloudloopClient({ token: 'token', fetch })
    equal(await client.sendSbd({ thing: 't', data }), { outcome: 'sent', id: 'm-1' })
    equal(await client.sendImt({ thing: 't', data, topic: 'IMT_TOPIC_RAW' }), { outcome: 'sent', id: 'm-1' })
    const seen = await Promise.all(
      requests.map(async (request) => [request.url, Object.fromEntries(new URLSearchParams(await request.text()))]),
    )
    equal(seen, [
      ['https://api.cloudloop.com/Data/DoSendSbdMessage', { token: 'token', thing: 't', message: '0001ff' }],
      [
        'https://api.cloudloop.com/Data/DoSendImtMessage',
        { token: 'token', thing: 't', message: 'AAH/', topic: 'IMT_TOPIC_RAW' },
      ],
    ])
  })

  it('enforces the limits of both services before sending', async () => {
    const service = createFakeService()
    const client = new CloudloopClient({ token: 'token', fetch: service.fetch })
    const topic = 'IMT_TOPIC_RAW'
    includes(await client.sendSbd({ thing: 't', data: new Uint8Array(270) }), { outcome: 'sent' })
    includes(await client.sendSbd({ thing: 't', data: new Uint8Array(271) }), { reason: 'too-long' })
    includes(await client.sendImt({ thing: 't', data: new Uint8Array(100_000), topic }), { outcome: 'sent' })
    includes(await client.sendImt({ thing: 't', data: new Uint8Array(100_001), topic }), { reason: 'too-long' })
    includes(await client.sendSbd({ thing: 't', data: new Uint8Array(0) }), { reason: 'empty' })
    includes(await client.sendSbd({ thing: '', data }), { fault: 'configuration' })
    equal(service.requestCount, 2)
    equal(
      service.sentCloudloop.map(({ kind, data: taken }) => [kind, taken.length]),
      [
        ['sbd', 270],
        ['imt', 100_000],
      ],
    )
  })

  it('reports the delivery status of an IMT message, and when it is not known', async () => {
    const service = createFakeService()
    const client = new CloudloopClient({ token: 'token', fetch: service.fetch })
    const sent = await client.sendImt({ thing: 't', data, topic: 'x' })
    includes(await client.getMtDeliveryStatus(sent.outcome === 'sent' ? sent.id : ''), {
      known: true,
      status: 'DELIVERY_SUBMITTED',
    })
    includes(await client.getMtDeliveryStatus('other'), { known: false })
    service.setFault('hang', { count: 1 })
    const hasty = new CloudloopClient({ token: 'token', fetch: service.fetch, timeoutMs: 20 })
    includes(await hasty.getMtDeliveryStatus('1'), {
      known: false,
      result: { outcome: 'unknown', reason: 'timeout', detail: 'timeout' },
    })
  })

  it('checkCredentials() tells a right token from a wrong one and from one it could not check', async () => {
    const service = createFakeService()
    equal(await new CloudloopClient({ token: 'token', fetch: service.fetch }).checkCredentials(), {
      credentials: 'right',
    })
    includes(await new CloudloopClient({ token: 'x', fetch: service.fetch }).checkCredentials(), {
      credentials: 'wrong',
    })
    const { fetch } = answering(() => Response.json({ success: false }))
    includes(await new CloudloopClient({ token: 'token', fetch }).checkCredentials(), {
      credentials: 'not-checked',
      reason: 'unrecognised-answer',
    })
    service.setFault('server-error')
    includes(await new CloudloopClient({ token: 'token', fetch: service.fetch }).checkCredentials(), {
      credentials: 'not-checked',
    })
  })

  it('reads a 200 with an error as rejected, with an id as sent, and anything else as unknown', async () => {
    const unknown = { outcome: 'unknown', reason: 'unrecognised-answer' }
    const cases: [string, Record<string, unknown>][] = [
      ['{"error":"no such thing"}', { outcome: 'rejected', reason: 'request-refused', text: 'no such thing' }],
      ['{"id":"m-1","success":true}', { outcome: 'sent', id: 'm-1' }],
      ['{"message":{"id":9}}', { outcome: 'sent', id: '9' }],
      ['{}', { ...unknown, detail: 'no id' }],
      ['{"success":true}', { ...unknown, detail: 'no id' }],
      ['{"id":""}', { ...unknown, detail: 'no id' }],
      ['{"id":null,"message":"queued"}', { ...unknown, detail: 'no id' }],
      ['{"success":false}', { ...unknown, detail: 'success: false' }],
      ['{"success":false,"id":"m-1"}', { ...unknown, detail: 'success: false' }],
      ['[]', { ...unknown, detail: 'HTTP 200' }],
      ['<html>', { ...unknown, detail: 'HTTP 200' }],
    ]
    for (const [answer, expected] of cases) {
      const { fetch } = answering(() => new Response(answer))
      includes(await new CloudloopClient({ token: 'token', fetch }).sendSbd({ thing: 't', data }), expected)
    }
  })
})
