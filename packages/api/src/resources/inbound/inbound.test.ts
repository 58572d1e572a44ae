import { markProcessed } from '@paikea/database'
import { buildDevice, buildOutbound, buildRoute } from '@paikea/database/testing'
import { buildRoutedPair } from '../../../test/acting.ts'
import { deliver, formBody, hex, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('GET /v1/messages/inbound/{id}', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it('shows which routes sent nothing, and why, after the message is processed', async () => {
    const admin = await api.tokenOf(null)
    await deliver(api.url, formBody())
    const { id } = (await api.call(admin, 'GET', '/v1/messages/inbound')).body.items[0]
    const path = `/v1/messages/inbound/${id}`
    expect((await api.call(admin, 'GET', path)).body).toMatchObject({ state: 'accepted', skippedRoutes: [] })

    const at = new Date('2026-11-24T03:06:00Z')
    const act = (reason: string) =>
      api.db.write((tx) =>
        markProcessed(api.db, { messageIds: [id], at, skipped: new Map([[id, [{ routeId: 7, reason }]]]) }, tx),
      )
    await act('overtaken')
    // Who comes second to act on it changes nothing.
    await act('repeat')
    expect((await api.call(admin, 'GET', path)).body).toMatchObject({
      state: 'processed',
      processedAt: '2026-11-24T03:06:00.000Z',
      skippedRoutes: [{ routeId: 7, reason: 'overtaken' }],
    })
  })

  it('does not list a route as skipped when another process sent for it after all', async () => {
    const admin = await api.tokenOf(null)
    await deliver(api.url, formBody({ momsn: 4712 }))
    const { id } = (await api.call(admin, 'GET', '/v1/messages/inbound')).body.items[0]
    const { id: routeId, groupId } = await buildRoute(api.db)
    const skipped = [routeId, routeId + 1].map((skippedId) => ({ routeId: skippedId, reason: 'overtaken' }))
    await api.db.write((tx) =>
      markProcessed(api.db, { messageIds: [id], at: new Date(), skipped: new Map([[id, skipped]]) }, tx),
    )
    await buildOutbound(api.db, { causeKind: 'route', causeMessageId: id, routeId, groupId })
    expect((await api.call(admin, 'GET', `/v1/messages/inbound/${id}`)).body).toMatchObject({
      deliveries: [{ state: 'queued' }],
      skippedRoutes: [{ routeId: routeId + 1 }],
    })
  })

  it('explains why each other route of the group did not apply to the message', async () => {
    const admin = await api.tokenOf(null)
    const { groupId, imei } = await buildRoutedPair(api, 'buoy')
    await deliver(api.url, formBody({ imei, momsn: 4714 }))
    const { id } = (await api.call(admin, 'GET', '/v1/messages/inbound')).body.items[0]
    const path = `/v1/messages/inbound/${id}`
    expect((await api.call(admin, 'GET', path)).body.otherRoutes).toEqual([])
    const other = await buildDevice(api.db, { groupId })
    const wishes = [
      [{ sourceKind: 'handset' }, 'other-kind'],
      [{ sourceDeviceId: other.id }, 'other-device'],
      [{ messageType: 'PK004' }, 'other-type'],
      [{ enabled: false }, 'disabled'],
      [{}, 'not-then'],
      [{ createdAt: new Date(Date.now() + 60_000) }, 'made-later'],
    ] as const
    const expected = []
    for (const [wish, reason] of wishes) {
      const { id: routeId } = await buildRoute(api.db, { groupId, ...wish })
      expected.push({ routeId, reason })
    }
    // And one of another group, of which nothing is told.
    await buildRoute(api.db)
    const [own] = await api.db.models.Route.findAll({ where: { groupId }, order: [['id', 'ASC']], limit: 1 })
    const skipped = new Map([[id, [{ routeId: Number(own?.id), reason: 'overtaken' }]]])
    await api.db.write((tx) => markProcessed(api.db, { messageIds: [id], at: new Date(), skipped }, tx))
    expect((await api.call(admin, 'GET', path)).body.otherRoutes).toEqual(expected.toReversed())
  })

  it('shows each delivery with every attempt, and the commands that the message decided', async () => {
    const admin = await api.tokenOf(null)
    await deliver(api.url, formBody({ momsn: 4713 }))
    const { id } = (await api.call(admin, 'GET', '/v1/messages/inbound')).body.items[0]
    const { id: routeId, groupId, endpointId } = await buildRoute(api.db)
    const sent = { state: 'confirmed', vendorId: '77', routeId, groupId, endpointId } as const
    const { id: outboundId } = await buildOutbound(api.db, { causeKind: 'route', causeMessageId: id, ...sent })
    const [startedAt, finishedAt] = [new Date('2026-11-24T03:06:00Z'), new Date('2026-11-24T03:06:01Z')]
    const tries = [
      { number: 1, outcome: 'try-later', reasonCode: 'http-503', status: 503, answer: 'busy', latencyMs: 12 },
      { number: 2, outcome: 'sent', vendorId: '77', status: 200, answer: 'OK,77', latencyMs: 240 },
    ]
    const device = await buildDevice(api.db, { groupId: groupId ?? 1 })
    await api.db.write(async (transaction) => {
      const attempts = tries.map((one) => ({ outboundId, startedAt, finishedAt, ...one }))
      await api.db.models.DeliveryAttempt.bulkCreate(attempts, { transaction })
      await api.db.models.DeviceCommand.create(
        {
          groupId: device.groupId,
          deviceId: device.id,
          kind: 'interval',
          value: 20,
          generation: 'v3',
          text: 'INT20',
          credits: 1,
          state: 'confirmed',
          requestedBy: 'ada',
          decidedByMessageId: id,
        },
        { transaction },
      )
    })
    expect((await api.call(admin, 'GET', `/v1/messages/inbound/${id}`)).body).toMatchObject({
      verifiedBy: 'secret',
      copies: 0,
      workflowId: null,
      deliveries: [
        {
          id: Number(outboundId),
          endpointId,
          state: 'confirmed',
          vendorId: '77',
          cause: { routeId },
          attempts: [
            { number: 1, reason: { code: 'http-503' }, answer: 'busy', latencyMs: 12, vendorId: null },
            { number: 2, outcome: 'sent', status: 200, answer: 'OK,77', latencyMs: 240, vendorId: '77' },
          ],
        },
      ],
      decidedCommands: [{ command: 'interval', minutes: 20, state: 'confirmed', decidedByMessageId: id }],
    })
  })
})

describe('POST /v1/messages/inbound/replay', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it('lists what a replay would change, and applies it on request', async () => {
    const { groupId, imei } = await buildRoutedPair(api, 'buoy')
    const other = await buildRoutedPair(api, 'buoy')
    const token = await api.tokenOf(groupId, 'operator')
    const data = (utc: string) =>
      hex(`PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:${utc},batt:4.2,int:10,sl:0,st:0`)
    await deliver(api.url, formBody({ imei, momsn: 1, data: data('030501') }))
    await deliver(api.url, formBody({ imei, momsn: 2, data: data('030502') }))
    await deliver(api.url, formBody({ imei: other.imei, momsn: 1, data: data('030503') }))
    const { InboundMessage, Report } = api.db.models
    // As rules of before may have read them.
    await api.db.write((transaction) => Report.update({ batteryVolts: 1 }, { where: {}, transaction }))
    const rows = await InboundMessage.findAll({ order: ['id'] })
    const [first = 0, second = 0, third = 0] = rows.map(({ id }) => Number(id))
    const replay = (body: object) => api.call(token, 'POST', '/v1/messages/inbound/replay', body)

    const dry = await replay({ imei })
    const item = (id: number) => ({ id, changes: [{ field: 'report.batteryVolts', from: 1, to: 4.2 }] })
    expect(dry.body).toMatchObject({ read: 2, items: [item(first), item(second)], applied: false, isCut: false })
    expect((await replay({ ids: [second], dryRun: false })).body).toMatchObject({
      read: 1,
      items: [item(second)],
      applied: true,
    })
    expect((await replay({ from: '2026-01-01', dryRun: false })).body).toMatchObject({ read: 2, items: [item(first)] })
    expect((await replay({ from: '2026-01-01' })).body).toMatchObject({ read: 2, items: [] })

    const refused = (code: string) => ({ status: 422, body: { errors: [{ field: 'ids', code }] } })
    expect(await replay({ ids: [third] })).toMatchObject(refused('unknown-message'))
    expect(await replay({})).toMatchObject(refused('required'))
    expect(await replay({ ids: [first], imei })).toMatchObject(refused('one-of-two'))
  })
})
