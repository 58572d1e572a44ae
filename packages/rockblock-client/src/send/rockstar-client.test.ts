import { answering } from '../../test/clients.ts'
import { describe, equal, includes, it } from '../../test/harness.ts'
import { createFakeService } from '../testing/mod.ts'
import { RockStarClient } from './rockstar-client.ts'

const login = { username: 'user', password: 'password', timeoutMs: 50 }

describe('RockStarClient.sendMessage()', () => {
  it('sends a text and returns the receipt’s id', async () => {
    const service = createFakeService({ firstId: 124_196 })
    const client = new RockStarClient({ ...login, fetch: service.fetch })
    equal(await client.sendMessage({ serial: '25238', text: 'Böe & Regen' }), { outcome: 'sent', id: '124196' })
    includes(service.sentTexts[0], { serial: '25238', text: 'Böe & Regen' })
  })

  it('puts the login into the body and the serial into the address', async () => {
    const { fetch, requests } = answering(() => new Response(''))
    await new RockStarClient({ ...login, fetch }).sendMessage({ serial: '25238', text: 'x' })
    equal(requests[0]?.url, 'https://core.rock7.com/API2/SendMessage/25238')
    const form = Object.fromEntries(new URLSearchParams(await requests[0]?.text()))
    equal(form, { username: 'user', password: 'password', message: 'x' })
  })

  it('refuses an empty text or an invalid serial without a request', async () => {
    const service = createFakeService()
    const client = new RockStarClient({ ...login, fetch: service.fetch })
    includes(await client.sendMessage({ serial: '1', text: '' }), { fault: 'message', reason: 'empty' })
    for (const serial of ['', 'x', '../1', '1?a=b']) {
      includes(await client.sendMessage({ serial, text: 'x' }), { fault: 'configuration', reason: 'unknown-imei' })
    }
    equal(service.requestCount, 0)
  })

  it('reports unknown for an answer without a receipt', async () => {
    for (const answer of [
      '',
      'OK',
      '<SendMessage/>',
      '<receipt messageId=""/>',
      '<?xml version="1.0"?><SendMessage><error/></SendMessage>',
    ]) {
      const { fetch } = answering(() => new Response(answer))
      const result = await new RockStarClient({ ...login, fetch }).sendMessage({ serial: '1', text: 'x' })
      includes(result, { outcome: 'unknown', reason: 'unrecognised-answer' })
    }
  })

  it('reports a wrong login, a failing service and a lost connection like the other clients', async () => {
    const service = createFakeService()
    const wrong = new RockStarClient({ ...login, password: 'other', fetch: service.fetch })
    includes(await wrong.sendMessage({ serial: '1', text: 'x' }), { fault: 'configuration', reason: 'login-wrong' })
    const client = new RockStarClient({ ...login, fetch: service.fetch })
    service.setFault('unavailable', { count: 1 })
    includes(await client.sendMessage({ serial: '1', text: 'x' }), { outcome: 'try-later' })
    service.setFault('reset-after-accept', { count: 1 })
    includes(await client.sendMessage({ serial: '1', text: 'x' }), { outcome: 'unknown' })
    equal(service.sentTexts.length, 1)
  })
})
