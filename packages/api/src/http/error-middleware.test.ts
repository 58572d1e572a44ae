import { SILENT_LOG } from '@paikea/domain'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { ConnectionRefusedError, DatabaseError } from 'sequelize'
import { ApiError } from './api-error.ts'
import { answerErrors } from './error-middleware.ts'
import { toApiError } from './problem.ts'
import { createRefusalLog } from './refusal-log.ts'

describe('answerErrors()', () => {
  it('answers 503 when a request misses its deadline, and ignores its late completion', async () => {
    const logged: unknown[] = []
    const app = new Koa()
    const note = (event: string, fields = {}) => void logged.push([event, fields])
    app.use(answerErrors({ ...SILENT_LOG, warn: note, error: note }, 50))
    let end: () => void = () => undefined
    const done = new Promise<void>((resolve) => (end = resolve))
    app.use(async (ctx) => {
      await done
      ctx.body = { late: true }
      ctx.status = 201
    })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A server that listens on a port has this kind of address.
    const { port } = server.address() as AddressInfo
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/fleet`)
      expect({ status: answer.status, after: answer.headers.get('retry-after') }).toEqual({ status: 503, after: '5' })
      // What only reads leaves nothing that could still be done.
      const detail = 'This took too long. Try again in a moment.'
      expect(await answer.json()).toMatchObject({ code: 'not-in-time', status: 503, detail })
      const change = await fetch(`http://127.0.0.1:${port}/v1/fleet`, { method: 'POST' })
      expect(await change.json()).toMatchObject({
        code: 'not-in-time',
        detail: expect.stringContaining('may still happen'),
      })
      end()
      await new Promise((resolve) => setImmediate(resolve))
      expect((await fetch(`http://127.0.0.1:${port}/v1/fleet`)).status).toBe(201)
      expect(logged).toEqual([['http.refused', { code: 'not-in-time', route: null, count: 1 }]])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
  it('logs repeated refusals once a minute, without a stack', async () => {
    const lines: unknown[] = []
    const log = {
      ...SILENT_LOG,
      warn: (event: string, fields = {}) => void lines.push([event, fields]),
      error: (event: string) => void lines.push(event),
    }
    const ctx = { status: 0, body: null, method: 'GET', type: '', headerSent: false, _matchedRoute: '/v1/events' }
    const answer = answerErrors(log)
    for (let nth = 0; nth < 3; nth += 1) {
      await answer({ ...ctx, set: () => undefined }, () => Promise.reject(new ApiError(503, 'too-many-streams', 'No.')))
    }
    expect(lines).toEqual([['http.refused', { code: 'too-many-streams', route: '/v1/events', count: 1 }]])
    let now = 0
    const refusals = createRefusalLog(log, () => now)
    for (now of [0, 1, 2, 60_001]) refusals.count({ code: 'busy', route: null })
    expect(lines.slice(1)).toEqual([
      ['http.refused', { code: 'busy', route: null, count: 1 }],
      ['http.refused', { code: 'busy', route: null, count: 3 }],
    ])
  })
  it('reports a full disk as the cause of a 503', () => {
    const full = Object.assign(new Error('SQLITE_FULL: database or disk is full'), { code: 'SQLITE_FULL' })
    expect(toApiError(new DatabaseError(Object.assign(full, { sql: '' })))).toMatchObject({
      status: 503,
      code: 'database-unavailable',
      message: expect.stringContaining('disk is full'),
    })
  })
  it('logs the stack once per database outage, which a healthy /healthz does not end', async () => {
    const logged: boolean[] = []
    const log = { ...SILENT_LOG, error: (_event: string, fields = {}) => void logged.push('stack' in fields) }
    const answer = answerErrors(log)
    const away = () => Promise.reject(new ConnectionRefusedError(new Error('refused')))
    const ask = (_matchedRoute: string, next: () => Promise<unknown>) =>
      answer(
        {
          status: 0,
          body: null,
          method: 'GET',
          type: '',
          headerSent: false,
          _matchedRoute,
          set: () => undefined,
        },
        next,
      )
    const fine = () => Promise.resolve()
    for (const next of [away, away]) await ask('/v1/fleet', next)
    await ask('/healthz', fine)
    for (const next of [away, fine, away, away]) await ask('/v1/fleet', next)
    expect(logged).toEqual([true, false, false, true, false])
  })
})
