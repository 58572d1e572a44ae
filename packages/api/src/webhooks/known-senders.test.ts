import { deliver, formBody, startTestApi, type TestApi } from '../../test/test-api.ts'

describe('deliveries let in by their address, while moving in', () => {
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
    ['a sender that is named', '212.71.235.32', '/rockblock/incoming', 200],
    ['a sender of a network that is named', '198.51.100.7', '/rockblock/incoming', 200],
    ['somebody else', '203.0.113.9', '/rockblock/incoming', 401],
    ['a hop that no trusted proxy wrote', '212.71.235.32, 203.0.113.9', '/rockblock/incoming', 401],
    ['a wrong secret from a named sender', '212.71.235.32', '/rockblock/incoming/wrong', 401],
    ['another address than the original has', '212.71.235.32', '/cloudloop/incoming', 401],
  ])('%s', async (_who, from, path, status) => {
    expect(await send(from, path)).toBe(status)
  })

  it('says of the message what let it in', async () => {
    const token = await api.tokenOf(null)
    const { items } = (await api.call(token, 'GET', '/v1/messages/inbound?limit=1')).body
    const message = (await api.call(token, 'GET', `/v1/messages/inbound/${items[0].id}`)).body
    expect(message).toMatchObject({ verifiedBy: 'address', sourceAddress: '212.71.235.32' })
  })
})

it('lets nobody in by address without the setting', async () => {
  const api = await startTestApi()
  try {
    expect((await deliver(api.url, formBody(), undefined, '/rockblock/incoming')).status).toBe(401)
  } finally {
    await api.close()
  }
})
