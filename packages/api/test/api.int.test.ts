import { databaseKinds } from '@paikea/database/testing'
import { openEvents } from './event-stream.ts'
import { deliver, formBody, hex, request, startTestApi, type TestApi } from './test-api.ts'

describe.each(databaseKinds())('the API on %s', (kind) => {
  let api: TestApi
  let admin: string
  beforeAll(async () => {
    api = await startTestApi(kind)
    admin = await api.tokenOf(null)
    await api.db.write((tx) => api.db.models.Group.create({ name: 'crew' }, { transaction: tx }))
  })
  afterAll(() => api.close())

  const imeiOf = (n: number) => `30023401${String(n).padStart(7, '0')}`
  async function listAll(
    path: string,
  ): Promise<{ id: number; imei: string; momsn: number; copies: number; decoded: unknown }[]> {
    const items = []
    let cursor: string | null = null
    do {
      const page = await api.call(
        admin,
        'GET',
        `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor === null ? '' : `&cursor=${cursor}`}`,
      )
      items.push(...page.body.items)
      cursor = page.body.nextCursor
    } while (cursor !== null)
    return items
  }

  it('stores and decodes each of 320 messages once when 32 senders deliver each twice at once', async () => {
    const senders = Array.from({ length: 32 }, async (_none, sender) => {
      const answers = []
      for (let momsn = 0; momsn < 10; momsn += 1) {
        const body = formBody({ imei: imeiOf(sender % 8), momsn: sender * 100 + momsn })
        answers.push(...(await Promise.all([deliver(api.url, body), deliver(api.url, body)])))
      }
      return answers
    })
    const answers = (await Promise.all(senders)).flat()
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(answers.filter(({ body }) => body.status === 'accepted')).toHaveLength(320)
    const stored = await listAll('/v1/messages/inbound')
    expect(stored).toHaveLength(320)
    expect(new Set(stored.map(({ id }) => id)).size).toBe(320)
    for (const { copies, decoded } of stored) {
      expect(copies).toBe(1)
      expect(decoded).not.toBeNull()
    }
    expect(await listAll(`/v1/messages/inbound?imei=${imeiOf(3)}`)).toHaveLength(40)
  })

  it('assigns ten concurrent devices distinct names, and a contested modem to one device only', async () => {
    const make = () => api.call(admin, 'POST', '/v1/devices', { kind: 'buoy', imei: imeiOf(100) })
    const replies = await Promise.all(Array.from({ length: 10 }, make))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(replies.filter(({ status, body }) => status === 409 && body.code === 'modem-in-use')).toHaveLength(9)
    const plain = await Promise.all(
      Array.from({ length: 10 }, () => api.call(admin, 'POST', '/v1/devices', { kind: 'buoy' })),
    )
    expect(new Set(plain.map(({ body }) => body.iam)).size).toBe(10)
  })

  it('assigns a device every message that arrives while its modem is being attached', async () => {
    const imei = imeiOf(200)
    const sending = Array.from({ length: 60 }, (_none, momsn) => deliver(api.url, formBody({ imei, momsn })))
    const made = await api.call(admin, 'POST', '/v1/devices', { kind: 'buoy', imei })
    expect(made.status).toBe(201)
    await Promise.all(sending)
    expect(await listAll(`/v1/devices/${made.body.iam}/reports`)).toHaveLength(60)
    expect((await api.call(admin, 'GET', `/v1/devices/${made.body.iam}`)).body.lastFix).toMatchObject({
      latitude: expect.closeTo(37.825, 3),
    })
  })

  it('quarantines only the undecodable messages of a batch', async () => {
    const bodies = [hex('PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501,sta:00'), 'zz', hex('PK777;')]
    const send = (data: string, n: number) => deliver(api.url, formBody({ imei: imeiOf(300), momsn: n, data }))
    const answers = await Promise.all(bodies.map(send))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const states = (await api.call(admin, 'GET', `/v1/messages/inbound?imei=${imeiOf(300)}`)).body.items
    expect(states.filter(({ state }: { state: string }) => state === 'quarantined')).toHaveLength(2)
    expect((await api.call(admin, 'GET', '/v1/messages/inbound?state=quarantined')).body.items).toHaveLength(2)
  })

  it('creates a duplicate route once, logs people in, and notifies open pages', async () => {
    const stream = await openEvents(api.url, { Authorization: `Bearer ${admin}` })
    await stream.waitFor('hello')
    const body = { source: { kind: 'buoy' }, target: { kind: 'rockstar', serial: '100' } }
    const routes = await Promise.all(Array.from({ length: 5 }, () => api.call(admin, 'POST', '/v1/routes', body)))
    expect(routes.filter(({ status }) => status === 201)).toHaveLength(1)
    const { cookie, csrfToken } = await api.logIn([{ group: 'crew', role: 'operator' }])
    const headers = { Cookie: cookie, 'X-CSRF-Token': csrfToken }
    const sent = await request(`${api.url}/v1/messages/outbound`, 'POST', { imei: imeiOf(100), text: 'hi' }, headers)
    expect(sent).toMatchObject({ status: 201, body: { state: 'queued' } })
    await deliver(api.url, formBody({ imei: imeiOf(100), momsn: 9 }))
    expect((await stream.waitFor('report')).data).toMatchObject({ imei: imeiOf(100), hasFix: true })
    stream.close()
  })
})
