import { SECRET, startTestApi, type TestApi } from '../../test/test-api.ts'

const TEXT = 'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7'

describe('the request id', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  const deliver = (secret: string, momsn: number): Promise<Response> =>
    fetch(`${api.url}/rockblock/incoming/${secret}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'chosen-by-the-caller' },
      body: JSON.stringify({
        imei: '300434060000777',
        momsn,
        transmit_time: '26-01-02 03:05:30',
        data: Buffer.from(TEXT).toString('hex'),
      }),
    })

  it('links the answer to the log line that names the message and its workflow', async () => {
    const answer = await deliver(SECRET, 1)
    const id = answer.headers.get('x-request-id')
    expect(id).toMatch(/^[0-9a-f]{16}$/)
    const line = api
      .logged()
      .split('\n')
      .find((one) => one.includes('message.taken'))
    const message = await api.db.models.InboundMessage.findOne({ rejectOnEmpty: true })
    expect(JSON.parse(line?.replace(/^info message\.taken /, '') ?? '')).toEqual({
      requestId: id,
      status: 'accepted',
      messageId: Number(message.id),
      workflowId: `inbound/${message.duplicateKey}`,
    })
  })

  it('appears in every problem document, and differs between requests', async () => {
    const [one, other] = [await api.call(null, 'GET', '/v1/devices'), await api.call(null, 'GET', '/v1/devices')]
    for (const { headers, body } of [one, other]) expect(body.requestId).toBe(headers.get('x-request-id'))
    expect(one.body.requestId).not.toBe(other.body.requestId)
    const refused = await deliver('wrong', 2)
    expect(await refused.json()).toMatchObject({ code: 'not-let-in', requestId: refused.headers.get('x-request-id') })
  })

  it('is logged without secrets or message text', async () => {
    await deliver('a-secret-that-was-guessed', 3)
    await deliver(SECRET, 4)
    await api.call(null, 'POST', '/v1/session', { email: 'ada@example.org', password: 'a-password-that-was-guessed' })
    await api.call('a-token-that-was-guessed', 'GET', '/v1/devices')
    expect(api.logged()).toContain('message.taken')
    const hidden = [SECRET, 'guessed', '3749', TEXT, Buffer.from(TEXT).toString('hex'), 'chosen-by-the-caller']
    for (const secret of hidden) expect(api.logged()).not.toContain(secret)
  })
})
