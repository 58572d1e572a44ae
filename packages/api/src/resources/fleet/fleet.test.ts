import { setMaxListeners } from 'node:events'
import { buildDevice, buildGroup } from '@paikea/database/testing'
import { request, startTestApi, type TestApi } from '../../../test/test-api.ts'

/** Callers who may wait for a fleet. */
const MAX_WAITING = 200

describe('/v1/fleet under load', () => {
  let api: TestApi
  let token: string
  let groupId: number
  beforeAll(async () => {
    api = await startTestApi()
    groupId = (await buildGroup(api.db)).id
    for (let count = 0; count < 3; count += 1) await buildDevice(api.db, { groupId })
    token = await api.tokenOf(groupId)
  })
  afterAll(() => api.close())
  const get = (headers: Record<string, string> = {}) =>
    request(`${api.url}/v1/fleet`, 'GET', undefined, { Authorization: `Bearer ${token}`, ...headers })
  const isFleetQuery = ([sql]: readonly unknown[]): boolean => String(sql).includes('FROM devices d')

  it('takes at most four queries for sixty simultaneous callers, without mixing scopes', async () => {
    await buildDevice(api.db)
    const spy = jest.spyOn(api.db.sequelize, 'query')
    const all = await api.tokenOf(null)
    const replies = await Promise.all(Array.from({ length: 60 }, () => get()))
    expect(spy.mock.calls.filter(isFleetQuery).length).toBeLessThanOrEqual(4)
    spy.mockRestore()
    for (const reply of replies) {
      expect(reply).toMatchObject({ status: 200, body: { nextCursor: null, items: [{}, {}, {}] } })
      expect(reply.body.items).toHaveLength(3)
    }
    expect((await api.call(all, 'GET', '/v1/fleet')).body.items.length).toBeGreaterThan(3)
  })

  it('answers 304 to a caller with the current ETag, until a device changes', async () => {
    const first = await get()
    const etag = first.headers.get('etag') ?? ''
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    const known = { 'If-None-Match': `"other", ${etag}` }
    expect(await get(known)).toMatchObject({ status: 304, body: '' })
    const [device] = first.body.items
    await api.call(token, 'PATCH', `/v1/devices/${device.iam}`, { label: 'renamed' })
    const changed = await get(known)
    expect(changed).toMatchObject({ status: 200 })
    expect(changed.headers.get('etag')).not.toBe(etag)
    expect(changed.body.items).toContainEqual(expect.objectContaining({ iam: device.iam, label: 'renamed' }))
  })

  it('answers 503 to a caller beyond the limit, and reads nothing for callers who have left', async () => {
    const real = api.db.sequelize.query.bind(api.db.sequelize)
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const reads: unknown[] = []
    const spy = jest.spyOn(api.db.sequelize, 'query').mockImplementation((async (...call: Parameters<typeof real>) => {
      if (isFleetQuery(call)) {
        reads.push(call)
        await held
      }
      return real(...call)
      // The many forms of `query` are one function.
    }) as typeof real)
    const leaving = new AbortController()
    setMaxListeners(2 * MAX_WAITING, leaving.signal)
    const headers = { Authorization: `Bearer ${token}` }
    const asked = Array.from({ length: MAX_WAITING + 1 }, () =>
      fetch(`${api.url}/v1/fleet`, { headers, signal: leaving.signal }),
    )
    const refused = await Promise.race(asked)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('2')
    expect(await refused.json()).toMatchObject({ code: 'busy' })
    leaving.abort()
    await Promise.allSettled(asked)
    release()
    // Nobody waits any more, so the second answer, which the other 199 shared, is not begun.
    expect((await get()).status).toBe(200)
    expect(reads).toHaveLength(2)
    spy.mockRestore()
  })
})
