import { createReach } from '@paikea/delivery'
import { startReceiver, type Receiver } from '@paikea/delivery/testing'
import { buildGroup } from '@paikea/database/testing'
import { deliver, formBody, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/endpoints', () => {
  let api: TestApi
  let token: string
  let receiver: Receiver
  const imei = '300234010000001'
  beforeAll(async () => {
    receiver = await startReceiver()
    const sending = { modemSender: null, rockStarSender: null, reach: createReach(['127.0.0.0/8']) }
    api = await startTestApi('sqlite', { sending })
    token = await api.tokenOf((await buildGroup(api.db)).id, 'operator')
    await api.enter(imei)
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })
  })
  afterAll(async () => {
    await api.close()
    await receiver.close()
  })
  const post = (path: string, body: object = {}) => api.call(token, 'POST', path, body)

  it('takes a webhook from creation to deletion, and rotates its secret, which is shown once', async () => {
    const made = await post('/v1/endpoints', { kind: 'webhook', url: `${receiver.url}/hook`, label: 'crew' })
    expect(made).toMatchObject({ status: 201, body: { kind: 'webhook', state: 'active', stateReason: null } })
    const { id, secret } = made.body
    expect(secret).toMatch(/^whsec_/)
    const at = `/v1/endpoints/${String(id)}`
    expect(JSON.stringify((await api.call(token, 'GET', at)).body)).not.toContain('whsec_')

    expect((await post(`${at}/test`)).body).toMatchObject({ outcome: 'sent', status: 204 })
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({ type: 'test' })

    await deliver(api.url, formBody({ imei, momsn: 1 }))
    const messageId = (await api.call(token, 'GET', '/v1/messages/inbound')).body.items[0].id
    const preview = await api.call(token, 'GET', `${at}/preview?messageId=${String(messageId)}`)
    expect(JSON.parse(preview.body.body)).toMatchObject({ type: 'report', message: { id: messageId } })

    const rotated = await post(`${at}/rotate-secret`)
    expect(rotated.body).toMatchObject({ secrets: 2 })
    expect(rotated.body.secret).not.toBe(secret)
    expect(await post(`${at}/rotate-secret`)).toMatchObject({ status: 409, body: { code: 'two-secrets' } })
    await post(`${at}/test`)
    expect(String(receiver.requests[1]?.headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect((await post(`${at}/rotate-secret`, { endOld: true })).body).toEqual({ secret: null, secrets: 1 })

    const paused = await post(`${at}/pause`)
    expect(paused.body).toMatchObject({ state: 'paused', stateReasonCode: 'paused-by-operator', probeAt: null })
    expect((await post(`${at}/resume`)).body).toMatchObject({ state: 'active', stateReason: null })
    const reason = 'The receiver moves house.'
    expect((await post(`${at}/pause`, { reason })).body).toMatchObject({ state: 'paused', stateReason: reason })
    expect((await post(`${at}/resume`)).status).toBe(200)
    expect((await api.call(token, 'PATCH', at, { label: 'boat', format: 'vendor' })).body).toMatchObject({
      label: 'boat',
      format: 'vendor',
    })
    expect((await api.call(token, 'DELETE', at)).status).toBe(204)
    expect((await api.call(token, 'GET', at)).status).toBe(404)
    expect(api.logged()).not.toContain('whsec_')
  })

  it.each<[string, object, string, string]>([
    ['an unknown kind', { kind: 'pigeon' }, 'kind', 'unknown-value'],
    ['no address', { kind: 'sqs' }, 'queueUrl', 'required'],
    ['a private address', { kind: 'webhook', url: 'https://10.0.0.1/x' }, 'url', 'private-address'],
    ['plain http', { kind: 'webhook', url: 'http://192.0.2.1/x' }, 'url', 'https-required'],
    ['an unknown modem', { kind: 'modem', imei: '300000000000000' }, 'imei', 'unknown-modem'],
    ['an unknown format', { kind: 'sqs', queueName: 'q', format: 'xml' }, 'format', 'unknown-value'],
  ])('POST answers 422 for %s and names the field', async (_what, body, field, code) => {
    expect(await post('/v1/endpoints', body)).toMatchObject({ status: 422, body: { errors: [{ field, code }] } })
  })

  it('refuses a duplicate, and a change to a modem endpoint’s address', async () => {
    const body = { kind: 'sqs', queueName: 'buoys.fifo' }
    const { id } = (await post('/v1/endpoints', body)).body
    expect(await post('/v1/endpoints', body)).toMatchObject({ status: 409, body: { code: 'endpoint-exists' } })
    const moved = await api.call(token, 'PATCH', `/v1/endpoints/${String(id)}`, { queueName: 'others' })
    expect(moved.body).toMatchObject({ queueName: 'others' })
    const modem = (await post('/v1/endpoints', { kind: 'modem', imei })).body
    const reply = await api.call(token, 'PATCH', `/v1/endpoints/${String(modem.id)}`, { queueName: 'x' })
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ field: 'queueName', code: 'not-changeable' }] } })
  })
})
