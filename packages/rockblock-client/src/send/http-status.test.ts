import { answering, clientOf, sendHello } from '../../test/clients.ts'
import { describe, equal, includes, it } from '../../test/harness.ts'
import { createFakeService, type FaultName } from '../testing/mod.ts'
import { judgeStatus, parseRetryAfter } from './http-status.ts'
import { mayRepeat } from './may-repeat.ts'
import { RockBlockClient } from './rockblock-client.ts'

describe('judgeStatus()', () => {
  const cases: [status: number, expected: Record<string, unknown>, repeat: boolean][] = [
    [0, { outcome: 'rejected', reason: 'wrong-address' }, false],
    [301, { outcome: 'rejected', reason: 'wrong-address' }, false],
    [303, { outcome: 'unknown', reason: 'unrecognised-answer' }, false],
    [307, { outcome: 'rejected', reason: 'wrong-address' }, false],
    [400, { outcome: 'rejected', reason: 'request-refused' }, false],
    [401, { outcome: 'rejected', reason: 'login-wrong' }, false],
    [403, { outcome: 'rejected', reason: 'request-refused' }, false],
    [404, { outcome: 'rejected', reason: 'wrong-address' }, false],
    [405, { outcome: 'rejected', reason: 'wrong-address' }, false],
    [408, { outcome: 'try-later', reason: 'server-error' }, true],
    [410, { outcome: 'rejected', reason: 'wrong-address' }, false],
    [413, { outcome: 'rejected', reason: 'request-refused' }, false],
    [429, { outcome: 'try-later', reason: 'too-many-requests' }, true],
    [500, { outcome: 'try-later', reason: 'server-error' }, true],
    [502, { outcome: 'try-later', reason: 'server-error' }, true],
    [503, { outcome: 'try-later', reason: 'server-error' }, true],
    [504, { outcome: 'unknown', reason: 'gateway-timeout' }, false],
    [599, { outcome: 'try-later', reason: 'server-error' }, true],
  ]
  for (const [status, expected, repeat] of cases) {
    it(`${status}: ${String(expected['outcome'])}`, () => {
      const result = judgeStatus(status, null, '')
      includes(result, expected)
      equal(result !== null && mayRepeat(result), repeat)
    })
  }

  it('403: login-wrong only where the service’s own text says so, not an HTML page; 401: always', () => {
    const cases: [text: string, reason: string][] = [
      ['Invalid login credentials', 'login-wrong'],
      ['denied: invalid token', 'login-wrong'],
      ['Wrong password', 'login-wrong'],
      ['{"message":"Please log in"}', 'login-wrong'],
      ['denied', 'request-refused'],
      ['Forbidden', 'request-refused'],
      ['This thing is not on your account', 'request-refused'],
      ['<html><body>Blocked. <a href="/login">Login</a></body></html>', 'request-refused'],
      ['', 'request-refused'],
    ]
    for (const [text, reason] of cases) includes(judgeStatus(403, null, text), { reason, code: 403 })
    includes(judgeStatus(401, null, 'Unauthorized'), { reason: 'login-wrong' })
  })

  it('2xx: null, the text decides', () => equal([judgeStatus(200, null, ''), judgeStatus(204, null, '')], [null, null]))
})

describe('faults on the way to the service', () => {
  const cases: [fault: FaultName, expected: Record<string, unknown>, repeat: boolean, taken: number][] = [
    ['server-error', { outcome: 'try-later', reason: 'server-error', detail: 'HTTP 500' }, true, 0],
    [
      'unavailable',
      { outcome: 'try-later', reason: 'server-error', detail: 'HTTP 503', retryAfterMs: 120_000 },
      true,
      0,
    ],
    ['too-many-requests', { outcome: 'try-later', reason: 'too-many-requests', retryAfterMs: 120_000 }, true, 0],
    ['refused', { outcome: 'try-later', reason: 'not-connected', detail: 'ECONNREFUSED' }, true, 0],
    ['redirect', { outcome: 'rejected', reason: 'wrong-address', code: 302 }, false, 0],
    ['garbage', { outcome: 'unknown', reason: 'unrecognised-answer' }, false, 0],
    ['gateway-timeout', { outcome: 'unknown', reason: 'gateway-timeout' }, false, 0],
    ['reset', { outcome: 'unknown', reason: 'connection-lost', detail: 'ECONNRESET' }, false, 0],
    ['hang', { outcome: 'unknown', reason: 'timeout' }, false, 0],
    ['timeout', { outcome: 'unknown', reason: 'timeout' }, false, 1],
    ['reset-after-accept', { outcome: 'unknown', reason: 'connection-lost' }, false, 1],
  ]
  for (const [fault, expected, repeat, taken] of cases) {
    it(`${fault}: ${String(expected['outcome'])}, ${repeat ? 'may' : 'must not'} be repeated`, async () => {
      const service = createFakeService()
      service.setFault(fault, { count: 1, retryAfter: '120' })
      const client = clientOf(service)
      const result = await sendHello(client)
      includes(result, expected)
      equal(mayRepeat(result), repeat)
      equal(service.sent.length, taken)
      equal((await sendHello(client)).outcome, 'sent')
    })
  }

  it('connection lost in the middle of the answer: unknown', async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('lost')) })
    const { fetch } = answering(() => new Response(broken))
    const client = new RockBlockClient({ username: 'u', password: 'p', fetch })
    equal(await sendHello(client), { outcome: 'unknown', reason: 'connection-lost', detail: 'fetch-failed' })
  })
})

describe('parseRetryAfter()', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  it('reads seconds and dates, caps the wait at an hour, and returns null for anything else', () => {
    const cases: [header: string | null, waitMs: number | null][] = [
      [null, null],
      ['0', 0],
      ['7', 7000],
      [' 7 ', 7000],
      ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
      ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
      ['999999', 3_600_000],
      ['Fri, 02 Jan 2026 00:00:00 GMT', 3_600_000],
      ['soon', null],
      ['', null],
    ]
    for (const [header, waitMs] of cases) equal(parseRetryAfter(header, now), waitMs, `${header}`)
  })
})
