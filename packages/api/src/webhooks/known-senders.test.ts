import { deliver, formBody, startTestApi, type TestApi } from '../../test/test-api.ts'

describe('deliveries admitted by sender address during migration', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi('sqlite', {
      config: { trustedProxies: ['127.0.0.1'], webhookSenders: ['212.71.235.32', '198.51.100.0/24'] },
    })
  })
  afterAll(() => api.close())

  const send = async (from: string, path = '/rockblock/incoming'): Promise<number> => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Forwarded-For': from }
    return (await fetch(`${api.url}${path}`, { method: 'POST', headers, body: formBody({ momsn: 9 }) })).status
  }

  it.each([
    ['a named sender', '212.71.235.32', '/rockblock/incoming', 200],
    ['a sender in a named network', '198.51.100.7', '/rockblock/incoming', 200],
    ['an unnamed sender', '203.0.113.9', '/rockblock/incoming', 401],
    ['a hop not written by a trusted proxy', '212.71.235.32, 203.0.113.9', '/rockblock/incoming', 401],
    ['a wrong secret from a named sender', '212.71.235.32', '/rockblock/incoming/wrong', 401],
    ['a path the original did not have', '212.71.235.32', '/cloudloop/incoming', 401],
  ])('are let in only from a named sender, at the original path: %s', async (_who, from, path, status) => {
    expect(await send(from, path)).toBe(status)
  })

  it('record that their address let them in', async () => {
    const token = await api.tokenOf(null)
    const { items } = (await api.call(token, 'GET', '/v1/messages/inbound?limit=1')).body
    const message = (await api.call(token, 'GET', `/v1/messages/inbound/${items[0].id}`)).body
    expect(message).toMatchObject({ verifiedBy: 'address', sourceAddress: '212.71.235.32' })
  })
})

it('refuses a delivery without a secret when no senders are configured', async () => {
  const api = await startTestApi()
  try {
    expect((await deliver(api.url, formBody(), undefined, '/rockblock/incoming')).status).toBe(401)
  } finally {
    await api.close()
  }
})
