import { callApi, fillPath } from './call-api.ts'

describe('callApi()', () => {
  it('builds path, query, body and CSRF token from the parts of the call', async () => {
    const asked: (readonly [string, RequestInit | undefined])[] = []
    const real = globalThis.fetch
    globalThis.fetch = async (input, init) => {
      asked.push([input as string, init])
      return Response.json({ iam: 'B 1' })
    }
    try {
      await callApi('GET /v1/devices/:iam/reports', { params: { iam: 'B/1' }, query: { limit: 3, cursor: undefined } })
      await callApi('PATCH /v1/devices/:iam', { params: { iam: 'B1' }, body: { label: 'new' }, csrfToken: 'c' })
    } finally {
      globalThis.fetch = real
    }
    expect(asked).toMatchObject([
      ['/v1/devices/B%2F1/reports?limit=3', { method: 'GET' }],
      ['/v1/devices/B1', { method: 'PATCH', body: '{"label":"new"}', headers: { 'X-CSRF-Token': 'c' } }],
    ])
    expect(fillPath('/v1/fleet', {})).toBe('/v1/fleet')
  })

  it('compiles only for existing routes, parameters and bodies', () => {
    // Never called: that it compiles, and only with these errors, is the test.
    const calls = async (): Promise<readonly (string | null)[]> => {
      const fleet = await callApi('GET /v1/fleet', {})
      const device = await callApi('GET /v1/devices/:iam', { params: { iam: 'B1' } })
      await callApi('GET /v1/devices', { query: { kind: 'buoy', limit: 3 } })
      // @ts-expect-error -- no such kind
      await callApi('POST /v1/devices', { body: { kind: 'boat' } })
      // @ts-expect-error -- its path needs a name
      await callApi('GET /v1/devices/:iam', {})
      // @ts-expect-error -- no such route
      await callApi('GET /v1/boats', {})
      // @ts-expect-error -- takes no body
      await callApi('GET /v1/fleet', { body: {} })
      return [fleet.at, device.label]
    }
    expect(calls).toBeInstanceOf(Function)
  })
})
