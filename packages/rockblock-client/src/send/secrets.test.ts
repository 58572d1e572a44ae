import { inspect } from 'node:util'
import { answering, HELLO_BYTES, IMEI, PASSWORD, USERNAME } from '../../test/clients.ts'
import { describe, equal, includes, it, match, ok } from '../../test/harness.ts'
import { CloudloopClient } from './cloudloop-client.ts'
import { RockBlockClient } from './rockblock-client.ts'
import { RockStarClient } from './rockstar-client.ts'
import { isSendError, sentOrThrow } from './send-error.ts'
import { withoutSecrets } from './secret-text.ts'
import type { SendResult } from './send-result.ts'

/** Everything that ends in a log one way or another. */
function pictures(value: unknown): string {
  const parts = [String(value), inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value) ?? '']
  if (typeof value === 'object' && value !== null) parts.push(JSON.stringify(Object.entries(value)))
  if (typeof value === 'object' && value !== null && 'stack' in value) parts.push(String(value.stack))
  return parts.join('\n')
}

function holdsNone(value: unknown, secrets: readonly string[]): void {
  const picture = pictures(value)
  for (const secret of secrets) {
    ok(!picture.includes(secret) && !picture.includes(encodeURIComponent(secret)), `a secret in ${picture}`)
  }
}

interface Sender {
  readonly client: object
  readonly secrets: readonly string[]
  readonly send: () => Promise<SendResult>
}

/** All clients, each with one send, over the given `fetch`. */
function senders(fetchLike: typeof fetch): readonly Sender[] {
  const login = { username: USERNAME, password: PASSWORD, fetch: fetchLike, timeoutMs: 30 }
  const rockBlock = new RockBlockClient(login)
  const rockStar = new RockStarClient(login)
  const cloudloop = new CloudloopClient({ token: PASSWORD, fetch: fetchLike, timeoutMs: 30 })
  const both = [USERNAME, PASSWORD]
  return [
    { client: rockBlock, secrets: both, send: () => rockBlock.sendMt({ imei: IMEI, data: HELLO_BYTES }) },
    { client: rockStar, secrets: both, send: () => rockStar.sendMessage({ serial: '25238', text: 'Hello' }) },
    { client: cloudloop, secrets: [PASSWORD], send: () => cloudloop.sendSbd({ thing: 'thing-1', data: HELLO_BYTES }) },
  ]
}

describe('secrets', () => {
  it('do not appear in any printed form of a client', () => {
    for (const { client, secrets } of senders(fetch)) holdsNone(client, secrets)
  })

  const talkative: [title: string, fetchLike: typeof fetch][] = [
    ['throws them as text', () => Promise.reject(new Error(`cannot post ${PASSWORD} of ${USERNAME}`))],
    ['throws the request', (_input, init) => Promise.reject(Object.assign(new Error('x', { cause: init }), { init }))],
    ['throws them as a code', () => Promise.reject(Object.assign(new Error('x'), { code: PASSWORD }))],
    ['returns them in a refusal', async () => new Response(`FAILED,10,no user ${USERNAME} with ${PASSWORD}`)],
    ['returns them encoded', async () => new Response(`FAILED,10,no user ${encodeURIComponent(PASSWORD)}`)],
    ['returns them in a 400', async () => new Response(`bad token ${PASSWORD}`, { status: 400 })],
    ['returns them in JSON', async () => Response.json({ error: `bad token ${PASSWORD}` }, { status: 400 })],
  ]
  for (const [title, fetchLike] of talkative) {
    it(`do not appear in the result or the error when the other side ${title}`, async () => {
      for (const { send, secrets } of senders(fetchLike)) {
        const result = await send()
        ok(result.outcome !== 'sent')
        holdsNone(result, secrets)
        try {
          sentOrThrow(result)
        } catch (error) {
          ok(isSendError(error))
          holdsNone(error, [...secrets, 'https://'])
          includes(error, { cause: undefined })
        }
      }
    })
  }

  const passwords: [password: string, onWire: string, base64: string][] = [
    ['a b', 'a+b', 'YSBi'],
    ['pass(1)', 'pass%281%29', 'cGFzcygxKQ=='],
    ["o'neil", 'o%27neil', 'byduZWls'],
    ['tilde~', 'tilde%7E', 'dGlsZGV+'],
  ]
  for (const [password, onWire, base64] of passwords) {
    it(`are masked in plain, encoded and Base64 form: ${password}`, async () => {
      const urlSafe = base64.replaceAll('+', '-').replaceAll('=', '')
      const wireBase64 = btoa(onWire)
      const told = [password, encodeURIComponent(password), onWire, onWire.toLowerCase(), base64, urlSafe, wireBase64]
      for (const form of told) {
        const { fetch, requests } = answering(() => new Response(`FAILED,10,no <${form}> here`))
        const client = new RockBlockClient({ username: USERNAME, password, fetch })
        const result = await client.sendMt({ imei: IMEI, data: HELLO_BYTES })
        match((await requests[0]?.text()) ?? '', new RegExp(`password=${onWire.replace('+', '\\+')}$`))
        ok(result.outcome === 'rejected')
        match(result.text, /^no <\*\*\*=*> here$/)
      }
    })
  }

  it('are masked whole even when nested or not encodable, and mask nothing when empty', () => {
    equal(withoutSecrets('with admin-123', ['admin', 'admin-123']), 'with ***')
    equal(withoutSecrets('with x\uD800', ['x\uD800']), 'with ***')
    equal(withoutSecrets('with nothing', ['']), 'with nothing')
  })

  it('do not affect how an answer is read', async () => {
    // A password that is part of every success.
    const { fetch } = answering(() => new Response('OK,1234567'))
    const client = new RockBlockClient({ username: 'OK', password: '1', fetch })
    equal(await client.sendMt({ imei: IMEI, data: HELLO_BYTES }), { outcome: 'sent', id: '1234567' })
  })
})

describe('sentOrThrow()', () => {
  const text = 'x'
  const cases: [SendResult, string, string][] = [
    [
      { outcome: 'rejected', fault: 'configuration', reason: 'no-credit', code: 13, text },
      'ConfigurationError',
      'no-credit',
    ],
    [{ outcome: 'rejected', fault: 'message', reason: 'too-long', code: 15, text }, 'MessageError', 'too-long'],
    [
      { outcome: 'try-later', reason: 'system-error', retryAfterMs: null, detail: 'code 99' },
      'TryLaterError',
      'system-error',
    ],
    [{ outcome: 'unknown', reason: 'timeout', detail: 'timeout' }, 'UnknownOutcomeError', 'timeout'],
  ]
  for (const [result, name, code] of cases) {
    it(`throws ${name} carrying the result`, () => {
      try {
        sentOrThrow(result)
      } catch (error) {
        ok(isSendError(error))
        includes(error, { name, code, result })
        match(String(error), new RegExp(code))
        return
      }
      ok(false, 'nothing was thrown')
    })
  }

  it('returns a sent result', () => equal(sentOrThrow({ outcome: 'sent', id: '1' }), { outcome: 'sent', id: '1' }))

  it('isSendError() recognises the errors by name and result, even across copies of the package', () => {
    ok(!isSendError(new Error('x')))
    ok(!isSendError(null))
    ok(!isSendError(Object.assign(new Error('x'), { name: 'TryLaterError' })))
    ok(isSendError(Object.assign(new Error('x'), { name: 'TryLaterError', result: {} })))
  })
})
