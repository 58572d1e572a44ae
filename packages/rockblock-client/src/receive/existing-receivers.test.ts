import { FORM, form, HELLO, HELLO_FORM, json, JSON_TYPE, messageOf, parseForm, parseJson } from '../../test/bodies.ts'
import { clientOf, sendHello } from '../../test/clients.ts'
import { describe, equal, includes, it, ok } from '../../test/harness.ts'
import { buildSignedWebhook, createFakeService, generateTestKeys } from '../testing/mod.ts'
import { duplicateKey } from './duplicate-key.ts'
import { parseWebhook } from './parse-webhook.ts'
import { verifyWebhook } from './verify-webhook.ts'
import { createWebhookHandler } from './webhook-handler.ts'

function deliver(
  handle: (request: Request) => Promise<Response>,
  body: string,
  contentType: string,
): Promise<Response> {
  return handle(
    new Request('https://shore.example/', { method: 'POST', headers: { 'content-type': contentType }, body }),
  )
}

describe('avoiding what existing receivers get wrong', () => {
  it('answers 503 to a message it cannot store, and 200 to the retry that it can', async () => {
    let isUp = false
    const stored = new Set<string>()
    const handle = createWebhookHandler({
      anyone: true,
      onUnreadable: () => undefined,
      onMessage: async (_message, { key }) => {
        await Promise.resolve()
        if (!isUp) throw new Error('database out of reach')
        stored.add(key)
      },
    })
    equal((await deliver(handle, HELLO_FORM, FORM)).status, 503)
    isUp = true
    equal((await deliver(handle, HELLO_FORM, FORM)).status, 200)
    equal(stored.size, 1)
  })

  it('keys a MOMSN reused after the wrap as another message', async () => {
    const before = await duplicateKey(messageOf(parseForm(HELLO_FORM)))
    const after = await duplicateKey(messageOf(parseForm(form({ transmit_time: '23-10-31 10:41:50' }))))
    ok(before !== after)
  })

  it('keys a device’s own repeat under a new MOMSN as a new message', async () => {
    const first = await duplicateKey(messageOf(parseForm(HELLO_FORM)))
    ok((await duplicateKey(messageOf(parseForm(form({ momsn: '13' }))))) !== first)
  })

  it('reads transmit_time as year-month-day in UTC', () => {
    const message = messageOf(parseForm(form({ transmit_time: '22-01-02 03:04:05' })))
    equal(message.transmitTime?.toISOString(), '2022-01-02T03:04:05.000Z')
  })

  it('reads a form and JSON into the same message', () => {
    const { raw: _raw, fields: _fields, encoding: _encoding, ...fromForm } = messageOf(parseForm(form()))
    const { raw: _raw2, fields: _fields2, encoding: _encoding2, ...fromJson } = messageOf(parseJson(HELLO))
    equal(fromForm, fromJson)
  })

  it('checks the token’s claims against the body, not only its signature', async () => {
    const { privateKey, publicKey } = await generateTestKeys()
    const { body } = await buildSignedWebhook({ format: 'rockblock', privateKey })
    const { JWT } = JSON.parse(new TextDecoder().decode(body))
    const forged = messageOf(parseJson(json({ ...HELLO, iridium_cep: 8, data: 'ff', JWT })))
    equal(await verifyWebhook(forged, { publicKey }), { verified: false, reason: 'claims-differ', fields: ['data'] })
  })

  it('reads iridium_cep as a decimal', () => {
    equal(messageOf(parseForm(form({ iridium_cep: '101.5' }))).iridium?.cepKm, 101.5)
  })

  it('accepts a message that arrives days late, without a note', () => {
    const receivedAt = new Date('2021-11-06T10:41:50Z')
    for (const options of [{}, { receivedAt }]) {
      const result = parseWebhook(new TextEncoder().encode(json()), JSON_TYPE, options)
      includes(messageOf(result), { problems: [], transmitTime: new Date('2021-10-31T10:41:50Z') })
    }
  })

  it('accepts an old token, since genuine retries come as late as six days', async () => {
    const { privateKey, publicKey } = await generateTestKeys()
    const issuedAt = new Date('2021-10-31T10:41:52Z')
    const { body, contentType } = await buildSignedWebhook({ format: 'rockblock', privateKey, issuedAt })
    const result = await verifyWebhook(messageOf(parseWebhook(body, contentType)), { publicKey })
    equal(result, { verified: true, issuedAt })
  })

  it('distinguishes send failures by what to do next', async () => {
    const service = createFakeService()
    const kinds = new Set<string>()
    for (const fault of ['no-credit', 'too-long', 'system-error', 'timeout'] as const) {
      service.setFault(fault, { count: 1 })
      const result = await sendHello(clientOf(service))
      kinds.add(result.outcome === 'rejected' ? result.fault : result.outcome)
    }
    equal([...kinds], ['configuration', 'message', 'try-later', 'unknown'])
  })

  it('keeps an unreadable message and answers 200, rather than refusing it on every retry', async () => {
    let kept = 0
    const handle = createWebhookHandler({ anyone: true, onMessage: () => undefined, onUnreadable: () => void kept++ })
    equal((await deliver(handle, form({ data: 'zz' }), FORM)).status, 200)
    equal(kept, 1)
  })
})
