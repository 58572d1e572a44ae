import { once, setMaxListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type EventApp, startEventApp } from '../../../test/event-app.ts'
import { type EventStream, openEvents } from '../../../test/event-stream.ts'

const LIMIT = 30

describe('/v1/events, per person', () => {
  let app: EventApp
  let ready: () => Promise<void>
  let authenticate: (res: ServerResponse) => Promise<unknown>
  let streams: EventStream[]
  const start = async (deadlineMs: number): Promise<void> => {
    app = await startEventApp({ ready: () => ready(), authenticate: (res) => authenticate(res), deadlineMs })
  }
  const open = async (count: number): Promise<Record<string, number>> => {
    const opened = await Promise.all(Array.from({ length: count }, () => openEvents(app.url, {})))
    streams.push(...opened)
    const statuses: Record<string, number> = {}
    for (const { status } of opened) statuses[status] = (statuses[status] ?? 0) + 1
    return statuses
  }
  /** Nobody's stream opens before so many have asked. */
  const openAtOnce = (count: number): Promise<Record<string, number>> => {
    const all = app.requestCount() + count
    ready = () => until(() => app.requestCount() >= all)
    return open(count)
  }
  /** They go as soon as all have asked. */
  const leaveAtOnce = async (count: number): Promise<void> => {
    const all = app.requestCount() + count
    const leaving = new AbortController()
    setMaxListeners(count, leaving.signal)
    const left = Array.from({ length: count }, () => fetch(`${app.url}/v1/events`, { signal: leaving.signal }))
    await until(() => app.requestCount() === all)
    leaving.abort()
    await Promise.allSettled(left)
  }

  beforeEach(() => {
    ready = () => Promise.resolve()
    authenticate = () => Promise.resolve()
    streams = []
  })
  afterEach(() => app.close())

  it('opens at most thirty streams at once, and new ones after those close', async () => {
    await start(10_000)
    for (const _round of [1, 2]) {
      expect(await openAtOnce(100)).toEqual({ 200: LIMIT, 503: 100 - LIMIT })
      expect(app.hub.watcherCount()).toBe(LIMIT)
      const answer = await fetch(`${app.url}/v1/events`)
      expect(answer.headers.get('retry-after')).toBe('10')
      expect(await answer.json()).toMatchObject({ status: 503, code: 'too-many-streams' })
      for (const stream of streams.splice(0)) stream.close()
      await until(() => app.hub.watcherCount() === 0)
    }
  })

  it('opens one more stream for each one closed', async () => {
    await start(10_000)
    await openAtOnce(LIMIT)
    for (const stream of streams.slice(0, 2)) stream.close()
    await until(() => app.hub.watcherCount() === LIMIT - 2)
    expect(await openAtOnce(5)).toEqual({ 200: 2, 503: 3 })
  })

  it('does not count streams whose client left before authentication', async () => {
    await start(10_000)
    let gone = 0
    authenticate = (res) => once(res, 'close').then(() => (gone += 1))
    await leaveAtOnce(LIMIT)
    await until(() => gone === LIMIT)
    authenticate = () => Promise.resolve()
    expect(await open(LIMIT)).toEqual({ 200: LIMIT })
  })

  it('does not count streams that failed, were abandoned, timed out or found the hub full', async () => {
    await start(1_000)
    ready = () => Promise.reject(new Error('the database is away'))
    expect(await open(LIMIT)).toEqual({ 500: LIMIT })
    // It never becomes ready: only the end of the answer can tell.
    ready = () => new Promise(() => undefined)
    await leaveAtOnce(LIMIT)
    expect(await open(LIMIT)).toEqual({ 503: LIMIT })
    ready = () => Promise.resolve()
    const others = Array.from({ length: 500 }, () => app.hub.subscribe({ send: () => {}, close: () => {} }))
    expect(await open(LIMIT)).toEqual({ 503: LIMIT })
    for (const leave of others) leave?.()
    expect(await open(LIMIT)).toEqual({ 200: LIMIT })
  })
})

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 5_000
  while (!check()) {
    if (Date.now() > end) throw new Error('it did not come to that in time')
    await nextTurn()
  }
}
