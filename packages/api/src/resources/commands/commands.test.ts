import { buildGroup } from '@paikea/database/testing'
import { deliver, formBody, hex, startTestApi, type TestApi } from '../../../test/test-api.ts'

const IMEI = '300234010000099'

describe('/v1/devices/{iam}/commands', () => {
  let api: TestApi
  let token: string
  let viewer: string
  beforeAll(async () => {
    api = await startTestApi()
    const group = await buildGroup(api.db, { name: 'crew' })
    token = await api.tokenOf(group.id)
    viewer = await api.tokenOf(group.id, 'viewer')
    await api.enter(IMEI)
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK600', imei: IMEI })
    await api.call(token, 'POST', '/v1/devices', { kind: 'handset', iam: 'HS600' })
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK601' })
  })
  afterAll(() => api.close())

  const tell = (body: object, iam = 'PK600') => api.call(token, 'POST', `/v1/devices/${iam}/commands`, body)

  it('refuses a command while the firmware generation is unknown', async () => {
    expect(await tell({ command: 'interval', minutes: 20 })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'command', code: 'unknown-generation' }] },
    })
  })

  it('previews what a command would cost and replace, and refuses an invalid one', async () => {
    const data = hex('PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:030501,batt:4.2,int:20,sl:0,st:0')
    await api.enter('300234010000098')
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK602', imei: '300234010000098' })
    await deliver(api.url, formBody({ imei: '300234010000098', data }))
    const path = '/v1/devices/PK602/commands'
    const preview = (body: object) => api.call(token, 'POST', `${path}/preview`, body)
    expect(await preview({ command: 'interval', minutes: 30 })).toMatchObject({
      status: 200,
      body: {
        text: '+DATA:PK006,30;',
        credits: 1,
        state: 'queued',
        stateReason: null,
        replaces: [],
        warnings: [],
        expectedAt: { from: expect.any(String) },
        queue: { depth: 0, limit: 50 },
      },
    })
    expect((await api.call(viewer, 'GET', path)).body.items).toEqual([])
    const { body } = await tell({ command: 'interval', minutes: 30 }, 'PK602')
    expect((await preview({ command: 'interval', minutes: 40 })).body).toMatchObject({ replaces: [body.id] })
    expect((await preview({ command: 'sleep', seconds: 60 })).body).toMatchObject({ replaces: [] })
    expect(await preview({ command: 'interval', minutes: 5000 })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'minutes' }] },
    })
    expect((await api.call(viewer, 'POST', `${path}/preview`, { command: 'interval', minutes: 30 })).status).toBe(403)
  })

  it('accepts a command for a buoy whose reports reveal its firmware, with price and expected time', async () => {
    const data = hex('PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:030501,batt:4.2,int:20,sl:0,st:0')
    await deliver(api.url, formBody({ imei: IMEI, data }))
    const reply = await tell({ command: 'interval', minutes: 30 })
    expect(reply).toMatchObject({
      status: 201,
      body: {
        command: 'interval',
        minutes: 30,
        text: '+DATA:PK006,30;',
        state: 'queued',
        credits: 1,
        expectedAt: { from: expect.any(String), to: expect.any(String) },
        queue: { depth: 0, limit: 50, purgedAt: null },
        warnings: [],
      },
    })
    const { id, messageId } = reply.body
    expect((await api.call(viewer, 'GET', `/v1/messages/outbound/${messageId}`)).body).toMatchObject({
      text: '+DATA:PK006,30;',
      state: 'queued',
    })
    expect((await api.call(viewer, 'GET', '/v1/devices/PK600/commands')).body.items).toMatchObject([
      { id, minutes: 30 },
    ])
    expect((await api.call(viewer, 'GET', `/v1/devices/PK600/commands/${id}`)).body).toMatchObject({ state: 'queued' })
  })

  it('lets a newer command supersede an older one, and a person cancel it', async () => {
    const [first] = (await api.call(token, 'GET', '/v1/devices/PK600/commands')).body.items
    const newer = await tell({ command: 'interval', minutes: 40 })
    expect((await api.call(token, 'GET', `/v1/devices/PK600/commands/${first.id}`)).body.state).toBe('superseded')
    const path = `/v1/devices/PK600/commands/${newer.body.id}`
    expect(await api.call(token, 'POST', `${path}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } })
    expect(await api.call(token, 'POST', `${path}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'wrong-state' },
    })
    expect(await api.call(token, 'POST', `${path}/send`)).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
  })

  it('holds a second sleep command until a person decides to send it', async () => {
    const first = await tell({ command: 'sleep', seconds: 7200 })
    const change = { state: 'sent', sentAt: new Date() } as const
    const where = { id: first.body.messageId }
    await api.db.write((transaction) => api.db.models.OutboundMessage.update(change, { where, transaction }))
    const held = await tell({ command: 'sleep', seconds: 7200 })
    expect(held.body).toMatchObject({ state: 'needs-decision', stateReason: 'sleeps-already', messageId: null })
    const waiting = async () => (await api.call(token, 'GET', '/v1/commands')).body.items
    expect(await waiting()).toMatchObject([{ id: held.body.id, iam: 'PK600', seconds: 7200 }])
    const sent = await api.call(token, 'POST', `/v1/devices/PK600/commands/${held.body.id}/send`)
    expect(await waiting()).toEqual([])
    expect(sent).toMatchObject({ status: 200, body: { state: 'queued', messageId: expect.any(Number) } })
  })

  it('quotes, starts and ends a recovery that shortens the report interval', async () => {
    const at = '/v1/devices/PK600/recovery'
    const price = await api.call(token, 'GET', `${at}/price?minutes=5&hours=6`)
    expect(price.body).toEqual({ backMinutes: 20, reports: 72, credits: 146, extraCredits: 110 })
    const wish = { minutes: 5, hours: 6, stopBelowVolts: 3.5 }
    const begun = await api.call(token, 'POST', at, wish)
    expect(begun).toMatchObject({ status: 201, body: { state: 'running', backMinutes: 20, credits: 146 } })
    const texts = async () =>
      (await api.call(viewer, 'GET', '/v1/devices/PK600/commands')).body.items.map(({ text }: { text: string }) => text)
    expect((await texts())[0]).toBe('+DATA:PK006,5;')
    expect(await api.call(token, 'POST', `${at}/end`)).toMatchObject({
      status: 200,
      body: { stateReason: 'by-operator' },
    })
    expect((await texts())[0]).toBe('+DATA:PK006,20;')
    expect((await api.call(viewer, 'GET', at)).body).toMatchObject({
      state: 'ended',
      backCommandId: expect.any(Number),
    })
    const longer = await api.call(token, 'POST', at, { minutes: 30, hours: 6 })
    expect(longer).toMatchObject({ status: 422, body: { errors: [{ field: 'minutes', code: 'not-shorter' }] } })
  })

  it.each<[string, object, string, string, string]>([
    [
      'more minutes than the firmware takes',
      { command: 'interval', minutes: 1441 },
      'PK600',
      'minutes',
      'out-of-range',
    ],
    ['a beacon that v3 lacks', { command: 'beacon', on: true }, 'PK600', 'command', 'not-supported'],
    ['an unknown command', { command: 'dance' }, 'PK600', 'command', 'unknown-value'],
    ['a handset', { command: 'interval', minutes: 20 }, 'HS600', 'command', 'not-a-buoy'],
    ['a buoy without a modem', { command: 'interval', minutes: 20 }, 'PK601', 'iam', 'no-modem'],
  ])('POST answers 422 for %s and names the field', async (_what, body, iam, field, code) => {
    const reply = await tell(body, iam)
    expect(reply).toMatchObject({ status: 422, body: { code: 'validation-failed' } })
    expect(reply.body.errors[0]).toMatchObject({ field, code })
  })

  it('answers 403 to a viewer', async () => {
    const reply = await api.call(viewer, 'POST', '/v1/devices/PK600/commands', { command: 'interval', minutes: 20 })
    expect(reply.status).toBe(403)
  })
})
