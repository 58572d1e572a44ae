import type { IncomingMessage } from 'node:http'
import { createLiveHub } from '../live/hub.ts'
import { healthOf } from '../resources/devices/health.ts'
import { createMetrics, flatten } from '../metrics/metrics.ts'
import { parseWebhookAddress } from '../webhooks/address.ts'
import { createRefusalCounter } from '../webhooks/refusals.ts'
import { createAddressReader } from './client-address.ts'
import { decodeCursor, encodeCursor, toPage } from './cursor.ts'
import { DeadlineError, withDeadline } from './deadline.ts'

describe('createAddressReader()', () => {
  const from = (remoteAddress: string, forwarded?: string) =>
    // The two parts of a request that it looks at.
    ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

  it.each<[string, string[], string, string | undefined, string]>([
    ['ignores the header when no proxy is trusted', [], '127.0.0.1', '203.0.113.1', '127.0.0.1'],
    ['takes the address that a trusted proxy reports', ['10.0.0.0/8'], '10.1.2.3', '203.0.113.1', '203.0.113.1'],
    [
      'goes no further than the first untrusted hop',
      ['10.0.0.0/8'],
      '10.1.2.3',
      '1.2.3.4, 203.0.113.1, 10.9.9.9',
      '203.0.113.1',
    ],
    ['ignores the header from an untrusted address', ['10.0.0.0/8'], '203.0.113.7', '1.2.3.4', '203.0.113.7'],
    ['stops at a hop that is not an address', ['10.0.0.0/8'], '10.1.2.3', '1.2.3.4, unknown', '10.1.2.3'],
    ['reads an IPv4-mapped IPv6 address as IPv4', ['127.0.0.1'], '::ffff:127.0.0.1', '203.0.113.1', '203.0.113.1'],
    ['understands an IPv6 block', ['fd00::/8'], 'fd12::1', '2001:db8::5', '2001:db8::5'],
  ])('%s', (_title, trusted, remote, forwarded, expected) => {
    expect(createAddressReader(trusted)(from(remote, forwarded))).toBe(expected)
  })

  it('rejects an entry that is neither an address nor a block', () => {
    expect(() => createAddressReader(['proxy.example'])).toThrow('proxy.example')
  })
})

describe('parseWebhookAddress()', () => {
  it.each<[string, string | null, string[]]>([
    ['/rockblock/incoming', 'rockblock', []],
    ['/rockstar/incoming/', 'core-push', []],
    ['/cloudloop/incoming/abc', 'cloudloop', ['abc']],
    ['/cloudloop/incoming/abc/?key=d', 'cloudloop', ['abc', 'd']],
    ['/rockblock/incoming/a%2Fb?key=c&key=d&key=e', 'rockblock', ['a/b', 'c', 'd']],
    ['/rockblock/incoming?key=', 'rockblock', ['']],
    ['/rockblock/incomingx', null, []],
    ['/v1/rockblock/incoming', null, []],
  ])('parses %s', (url, format, secrets) => {
    expect(parseWebhookAddress(url)).toEqual(format === null ? null : { format, secrets })
  })
})

describe('cursors', () => {
  it('decode to the key that was encoded', () => {
    const at = new Date('2026-11-24T16:00:00.123Z')
    expect(decodeCursor(encodeCursor({ id: 9_007_199_254_740_991 }), 'by-id')).toEqual({ id: 9_007_199_254_740_991 })
    expect(decodeCursor(encodeCursor({ id: 7, at }), 'timed')).toEqual({ id: 7, at })
    expect(decodeCursor(encodeCursor({ id: 7, at: new Date(-1) }), 'timed')).toEqual({ id: 7, at: new Date(-1) })
    expect(decodeCursor(undefined, 'timed')).toBeNull()
  })

  it('are refused when malformed or made for another kind of list', () => {
    expect(() => decodeCursor(encodeCursor({ id: 7 }), 'timed')).toThrow('does not belong to this list')
    expect(() => decodeCursor(encodeCursor({ id: 7, at: new Date() }), 'by-id')).toThrow('does not belong to this list')
    for (const text of ['', '!', 'a'.repeat(64)])
      expect(() => decodeCursor(text, 'by-id')).toThrow('does not belong to this list')
  })

  it('are included in a page only when another page follows', () => {
    const keyOf = (id: number) => ({ id })
    expect(toPage([3, 2, 1], 2, keyOf, String)).toEqual({ items: ['3', '2'], nextCursor: encodeCursor({ id: 2 }) })
    expect(toPage([3, 2], 2, keyOf, String)).toEqual({ items: ['3', '2'], nextCursor: null })
    expect(toPage([], 2, keyOf, String)).toEqual({ items: [], nextCursor: null })
  })
})

describe('createLiveHub()', () => {
  it('delivers a repeated event once, and refuses watchers beyond the limit', () => {
    const hub = createLiveHub({ maxWatchers: 1 })
    const texts: string[] = []
    const watcher = { send: ({ text }: { text: string }) => void texts.push(text), close: () => undefined }
    const event = { type: 'report', groupId: 1, key: '7', data: { a: 1 } } as const
    hub.publish(event)
    const end = hub.subscribe(watcher)
    expect(hub.subscribe(watcher)).toBeNull()
    hub.publish(event)
    hub.publish(event)
    hub.publish({ ...event, type: 'message' })
    expect(texts).toEqual(['event: report\ndata: {"a":1}\n\n', 'event: message\ndata: {"a":1}\n\n'])
    end?.()
    expect(hub.watcherCount()).toBe(0)
  })
})

describe('createRefusalCounter()', () => {
  it('counts per address, lists the latest first, and forgets the one quiet for longest', () => {
    const counter = createRefusalCounter(2)
    for (const address of ['a', 'b', 'a', 'c']) counter.count(address, 'token-invalid')
    expect(counter.list()).toMatchObject([
      { address: 'c', count: 1 },
      { address: 'a', count: 2 },
    ])
    expect(counter.total()).toBe(4)
  })
})

describe('healthOf()', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
  /** Heard so long ago, with a report unless nothing is known of its interval. */
  const device = (minutes: number, intervalMinutes: number | null, sleepMinutes = 0) => {
    const at = minutesAgo(minutes)
    const state = { lastReportAt: at, lastFixAt: at, intervalMinutes, sleepMinutes }
    return { kind: 'buoy', generation: null, lastSentAt: at, state } as const
  }
  it.each([
    ['unknown', 'never-reported', { kind: 'buoy', generation: null, lastSentAt: null, state: null }],
    ['ok', 'no-schedule', { kind: 'handset', generation: null, lastSentAt: minutesAgo(1439), state: null }],
    ['silent', 'no-schedule', { kind: 'handset', generation: null, lastSentAt: minutesAgo(1441), state: null }],
    ['ok', 'no-schedule', device(120, null)],
    ['ok', 'on-schedule', device(5, 10)],
    ['late', 'report-overdue', device(18, 10)],
    ['silent', 'retries-over', device(28, 10)],
    ['asleep', 'sleeping-as-ordered', device(2 * 24 * 60, 10, 72 * 60)],
    ['ok', 'on-schedule', device(11 * 60, 12 * 60)],
    // A v2 buoy does not say its interval.
    ['ok', 'no-schedule', { ...device(120, null), generation: 'v2' }],
  ] as const)('reports %s, %s (%#)', (health, healthReason, given) => {
    expect(healthOf(given, now)).toMatchObject({ health, healthReason })
  })

  it('returns the window in which the next report is expected', () => {
    expect(healthOf(device(5, 20), now).nextExpected).toEqual({
      from: '2026-11-24T12:00:00.000Z',
      to: '2026-11-24T12:07:30.000Z',
      why: 'grid',
    })
  })
})

describe('metrics', () => {
  it('name each count by its path, and omit values that are neither numbers nor booleans', async () => {
    const counts = { intake: { largestBatch: 3, isDown: true, name: 'x', list: [1] }, none: undefined }
    expect(flatten('paikea', counts)).toEqual([
      ['paikea_intake_largest_batch', 3],
      ['paikea_intake_is_down', 1],
    ])
    const metrics = createMetrics()
    metrics.answered({ method: 'GET', route: '/v1/fleet', status: 200 }, 0.02)
    metrics.delivered(200, 0.004)
    const states = [{ name: 'deliveries_open', help: 'open', label: 'state', counts: new Map([['parked', 2]]) }]
    const text = await metrics.write(counts, states)
    expect(text).toMatch(/^paikea_intake_largest_batch 3$/m)
    expect(text).toMatch(/^# TYPE paikea_http_answer_seconds histogram$/m)
    expect(text).toMatch(
      /^paikea_http_answer_seconds_bucket\{le="0.025",method="GET",route="\/v1\/fleet",status="200"\} 1$/m,
    )
    expect(text).toMatch(/^paikea_webhook_answer_seconds_bucket\{le="0.005",status="200"\} 1$/m)
    expect(text).toMatch(/^paikea_deliveries_open\{state="parked"\} 2$/m)
    expect(text).toMatch(/^paikea_process_resident_memory_bytes \d/m)
  })
})

describe('withDeadline()', () => {
  it('settles with the value, the error or a DeadlineError, whichever comes first', async () => {
    expect(await withDeadline(Promise.resolve(1), 1000)).toBe(1)
    await expect(withDeadline(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no')
    await expect(withDeadline(new Promise(() => {}), 5)).rejects.toBeInstanceOf(DeadlineError)
  })
})
