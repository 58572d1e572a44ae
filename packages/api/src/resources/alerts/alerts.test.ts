import { openAlerts } from '@paikea/database'
import { buildGroup } from '@paikea/database/testing'
import { deliver, formBody, request, startTestApi, type TestApi } from '../../../test/test-api.ts'

const IMEI = '300234010753370'

describe('alerts and shared devices', () => {
  let api: TestApi
  let groupId: number
  let token: string
  const pushed: string[] = []
  beforeAll(async () => {
    api = await startTestApi('sqlite', {
      config: { publicUrl: 'http://buoys.example.org' },
      push: {
        publicKey: () => Promise.resolve('our-key'),
        send: (target) => (pushed.push(target.endpoint), Promise.resolve('sent')),
      },
    })
    groupId = (await buildGroup(api.db)).id
    token = await api.tokenOf(groupId, 'operator')
  })
  afterAll(() => api.close())

  it('saves a group’s alert rules, and refuses invalid ones by field', async () => {
    const path = `/v1/groups/${String(groupId)}/alert-rules`
    expect((await api.call(token, 'GET', path)).body).toMatchObject({ batteryLowVolts: 3.5, emails: [] })
    const quietHours = { from: '22:00', to: '06:00', timeZone: 'Pacific/Auckland', except: ['disk-low'] }
    const rules = { emails: ['ada@example.org'], quietHours, batteryLowVolts: 3.3 }
    expect((await api.call(token, 'PUT', path, rules)).status).toBe(200)
    expect((await api.call(token, 'GET', path)).body).toMatchObject(rules)
    const wrong = [
      [{ emails: ['ada@example.org\r\nBcc: all@example.org'] }, 'emails.0'],
      [{ quietHours: { ...quietHours, timeZone: 'Mars/Olympus' } }, 'quietHours.timeZone'],
      [{ endpointIds: [4711] }, 'endpointIds.0'],
      [{ off: ['whales'] }, 'off.0'],
    ] as const
    for (const [body, field] of wrong) {
      const reply = await api.call(token, 'PUT', path, body)
      expect([reply.status, reply.body.errors[0].field]).toEqual([422, field])
    }
  })

  it('lists a group’s own and global alerts, and records who acknowledged one', async () => {
    const now = new Date()
    const words = { summary: 'a summary', advice: 'what to do', since: now, deviceId: null }
    const other = (await buildGroup(api.db)).id
    await api.db.write((tx) =>
      openAlerts(
        api.db,
        {
          found: [
            { ...words, kind: 'deliveries-parked', groupId, openKey: 'one' },
            { ...words, kind: 'deliveries-parked', groupId: other, openKey: 'two' },
            { ...words, kind: 'vendor-silent', groupId: null, openKey: 'three' },
          ],
          now,
        },
        tx,
      ),
    )
    const list = async () => (await api.call(token, 'GET', '/v1/alerts?state=open')).body.items
    expect((await list()).map((item: { kind: string }) => item.kind)).toEqual(['vendor-silent', 'deliveries-parked'])
    const { id } = (await list())[1]
    for (let time = 0; time < 2; time += 1) {
      expect((await api.call(token, 'POST', `/v1/alerts/${String(id)}/acknowledge`)).status).toBe(204)
    }
    expect((await list())[1].acknowledgedBy).toMatch(/^token\//)
    expect((await api.call(token, 'GET', '/v1/alerts?state=ended')).body.items).toEqual([])
  })

  it('shows one device, and nothing else, to the holder of a share link until it is deleted', async () => {
    await api.enter(IMEI)
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei: IMEI, label: 'Tevake' })).body
    await deliver(api.url, formBody({ imei: IMEI, momsn: 1 }))
    const links = `/v1/devices/${iam}/share-links`
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const made = await api.call(token, 'POST', links, { until, label: 'coast guard' })
    expect(made).toMatchObject({ status: 201, body: { url: `http://buoys.example.org/shared#${made.body.token}` } })
    const look = (secret: string) => api.call(null, 'POST', '/v1/shared', { token: secret })
    const seen = await look(made.body.token)
    expect(seen).toMatchObject({ status: 200, body: { name: 'Tevake', until } })
    expect(seen.body.lastFix.latitude).toBeCloseTo(37.8251, 4)
    expect(Object.keys(seen.body).toSorted()).toEqual(
      ['at', 'health', 'lastFix', 'name', 'nextExpected', 'positionFrozenSince', 'until'].toSorted(),
    )
    expect((await look('pks_another')).status).toBe(404)
    expect((await api.call(made.body.token, 'GET', '/v1/devices')).status).toBe(401)
    const list = (await api.call(token, 'GET', links)).body
    expect(list.items).toMatchObject([{ label: 'coast guard' }])
    expect(JSON.stringify(list)).not.toContain(made.body.token)
    expect(api.logged()).not.toContain(made.body.token)
    expect((await api.call(token, 'DELETE', `${links}/${String(made.body.id)}`)).status).toBe(204)
    expect((await look(made.body.token)).status).toBe(404)
    expect((await api.call(token, 'POST', links, { until: '2020-01-01' })).status).toBe(422)
    const page = await api.call(null, 'GET', '/shared')
    expect(page.headers.get('content-type')).toMatch(/text\/html/)
    expect((await api.call(null, 'GET', '/shared/page.js')).headers.get('content-type')).toMatch(/javascript/)
  })

  it('lets people manage push subscriptions for their own browsers only', async () => {
    const group = (await buildGroup(api.db)).name
    const person = async () => {
      const { cookie, csrfToken } = await api.logIn([{ group, role: 'viewer' }])
      return (method: string, path: string, body?: unknown) =>
        request(`${api.url}${path}`, method, body, { Cookie: cookie, 'X-CSRF-Token': csrfToken })
    }
    const [one, other] = [await person(), await person()]
    const keys = {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    }
    const endpoint = 'https://push.example.org/one-of-mine'
    const made = await one('POST', '/v1/push/subscriptions', { endpoint, expirationTime: null, keys })
    expect(made.status).toBe(201)
    const list = (await one('GET', '/v1/push')).body
    expect(list).toMatchObject({ publicKey: 'our-key', items: [{ id: made.body.id, service: 'push.example.org' }] })
    expect(JSON.stringify(list)).not.toContain('one-of-mine')
    expect((await one('POST', '/v1/push/test')).body).toEqual({ told: 1, failed: 0 })
    expect(pushed).toEqual([endpoint])
    expect((await other('GET', '/v1/push')).body.items).toEqual([])
    const path = `/v1/push/subscriptions/${String(made.body.id)}`
    expect((await other('DELETE', path)).status).toBe(404)
    expect((await one('DELETE', path)).status).toBe(204)
    for (const [wrong, field] of [
      [{ endpoint: 'http://push.example.org/', keys }, 'endpoint'],
      [{ endpoint: 'https://127.0.0.1/', keys }, 'endpoint'],
      [{ endpoint, keys: { ...keys, p256dh: 'A'.repeat(87) } }, 'keys.p256dh'],
    ] as const) {
      const reply = await one('POST', '/v1/push/subscriptions', wrong)
      expect([reply.status, reply.body.errors[0].field]).toEqual([422, field])
    }
  })
})
