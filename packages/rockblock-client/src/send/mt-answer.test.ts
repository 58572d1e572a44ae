import { answering, clientOf, sendHello } from '../../test/clients.ts'
import { describe, equal, includes, it, ok } from '../../test/harness.ts'
import { createFakeService, type FaultName } from '../testing/mod.ts'
import { mayRepeat } from './may-repeat.ts'
import { parseMtAnswer } from './mt-answer.ts'
import { RockBlockClient } from './rockblock-client.ts'

const configuration = { outcome: 'rejected', fault: 'configuration' }
const message = { outcome: 'rejected', fault: 'message' }

describe('the vendor’s codes', () => {
  const codes: [code: number, fault: FaultName, expected: Record<string, unknown>, repeat: boolean][] = [
    [10, 'login-wrong', { ...configuration, reason: 'login-wrong', code: 10 }, false],
    [11, 'unknown-imei', { ...configuration, reason: 'unknown-imei', code: 11 }, false],
    [12, 'no-line-rental', { ...configuration, reason: 'no-line-rental', code: 12 }, false],
    [13, 'no-credit', { ...configuration, reason: 'no-credit', code: 13 }, false],
    [14, 'not-hex', { ...message, reason: 'not-hex', code: 14 }, false],
    [15, 'too-long', { ...message, reason: 'too-long', code: 15 }, false],
    [16, 'empty', { ...message, reason: 'empty', code: 16 }, false],
    [99, 'system-error', { outcome: 'try-later', reason: 'system-error', retryAfterMs: null, detail: 'code 99' }, true],
  ]
  for (const [code, fault, expected, repeat] of codes) {
    it(`${code} means ${JSON.stringify(expected['reason'])}, when parsed and when sent`, async () => {
      const parsed = parseMtAnswer(`FAILED,${code},Some text, with a comma`)
      includes(parsed, expected)
      if (parsed.outcome === 'rejected') equal(parsed.text, 'Some text, with a comma')
      equal(mayRepeat(parsed), repeat)
      const service = createFakeService()
      service.setFault(fault)
      includes(await sendHello(clientOf(service)), expected)
      equal(service.sent, [])
    })
  }

  it('decide alone, whatever the text says', () => {
    for (const text of ['', 'OK', 'Login correct', '10', 'FAILED,10,x']) {
      includes(parseMtAnswer(`FAILED,13,${text}`), { reason: 'no-credit', text })
    }
  })
})

describe('parseMtAnswer()', () => {
  it('reads the id of a success', () => {
    for (const [answer, id] of [
      ['OK,12345678', '12345678'],
      ['OK,12345678\r\n', '12345678'],
      [' OK, 7', '7'],
    ]) {
      equal(parseMtAnswer(answer ?? ''), { outcome: 'sent', id })
    }
  })

  it('reads FAILED with an unknown or missing code as try-later', () => {
    for (const answer of ['FAILED,17,New code', 'FAILED', 'FAILED,,x', 'FAILED,abc,x']) {
      includes(parseMtAnswer(answer), { outcome: 'try-later', reason: 'unknown-code' })
    }
  })

  it('reads any other answer as an unknown outcome', () => {
    for (const answer of ['', 'OK', 'OK,', 'OK,1,2', 'ok,1', '<html>OK,1</html>', 'FAILEDX', 'QUEUED,1', 'OK,a b']) {
      equal(parseMtAnswer(answer), { outcome: 'unknown', reason: 'unrecognised-answer', detail: 'HTTP 200' }, answer)
    }
  })

  it('receives only the beginning of an endless answer', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled++
        controller.enqueue(new Uint8Array(16_384).fill(120))
      },
    })
    const { fetch } = answering(() => new Response(endless))
    includes(await sendHello(new RockBlockClient({ username: 'u', password: 'p', fetch })), {
      reason: 'unrecognised-answer',
    })
    ok(pulled < 10, `${pulled} pieces read`)
  })
})
