import { markProcessed } from '@paikea/database'
import { buildOutbound, buildRoute } from '@paikea/database/testing'
import { deliver, formBody, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('GET /v1/messages/inbound/{id}', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi()
  })
  afterAll(() => api.close())

  it('says which routes sent nothing, and why, once the message was acted on', async () => {
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

  it('does not say so of a route that sent after all, by another process that acted on the message', async () => {
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
})
