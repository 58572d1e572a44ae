import { buildDevice, buildGroup, buildModem, buildOutbound, buildRoute } from '@paikea/database/testing'
import { isFor } from '../../live/hub.ts'
import { presentDelivery } from '../../live/present-delivery.ts'
import { request, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('a modem of a group where the caller is only a viewer', () => {
  let api: TestApi
  let headers: Record<string, string>
  let groups: { a: number; b: number }
  beforeAll(async () => {
    api = await startTestApi()
    const session = await api.logIn([
      { group: 'a', role: 'operator' },
      { group: 'b', role: 'viewer' },
    ])
    headers = { Cookie: session.cookie, 'X-CSRF-Token': session.csrfToken }
    const rows = await api.db.models.Group.findAll()
    const idOf = (name: string): number => rows.find((group) => group.name === name)?.id ?? 0
    groups = { a: idOf('a'), b: idOf('b') }
  })
  afterAll(() => api.close())
  const call = (method: string, path: string, body?: unknown) => request(`${api.url}${path}`, method, body, headers)
  const build = async (groupId: number, kind: 'buoy' | 'handset' = 'handset') => {
    const { id: modemId, imei, serial } = await buildModem(api.db)
    const { iam } = await buildDevice(api.db, { groupId, kind, modemId })
    return { imei, iam, modemId, serial }
  }

  it('can be neither sent to nor routed to', async () => {
    const [buoy, own, theirs] = [await build(groups.a, 'buoy'), await build(groups.a), await build(groups.b)]
    const routeTo = (imei: string) =>
      call('POST', '/v1/routes', { source: { kind: 'buoy', iam: buoy.iam }, target: { kind: 'modem', imei } })
    expect((await call('POST', '/v1/messages/outbound', { imei: theirs.imei, text: 'x' })).status).toBe(403)
    expect(await routeTo(theirs.imei)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const made = await routeTo(own.imei)
    expect(made.status).toBe(201)
    const target = { kind: 'modem', imei: theirs.imei }
    const changed = await call('PATCH', `/v1/routes/${String(made.body.id)}`, { target })
    expect(changed).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('blocks enabling an old route to it or changing an enabled one, but not disabling it', async () => {
    const theirs = await build(groups.b)
    const { id } = await buildRoute(api.db, { groupId: groups.a, targetModemId: theirs.modemId, enabled: false })
    const patch = (change: object) => call('PATCH', `/v1/routes/${String(id)}`, change)
    expect(await patch({ enabled: true })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await patch({ messageType: 'PK001' })).status).toBe(200)
    await api.db.write((transaction) => api.db.models.Route.update({ enabled: true }, { where: { id }, transaction }))
    expect(await patch({ messageType: 'any' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await patch({ enabled: false })).body).toMatchObject({ enabled: false, messageType: 'PK001' })
    const admin = await api.tokenOf(null)
    expect((await api.call(admin, 'PATCH', `/v1/routes/${String(id)}`, { enabled: true })).status).toBe(200)
  })

  it('cannot be backfilled by an old route', async () => {
    const theirs = await build(groups.b)
    const { id } = await buildRoute(api.db, { groupId: groups.a, targetModemId: theirs.modemId })
    const from = new Date(0).toISOString()
    for (const body of [{ from }, { from, confirm: 50 }]) {
      const given = await call('POST', `/v1/routes/${String(id)}/backfill`, body)
      expect(given).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
    const admin = await api.tokenOf(null)
    expect((await api.call(admin, 'POST', `/v1/routes/${String(id)}/backfill`, { from })).status).toBe(200)
  })

  it('cannot be reached by its serial either', async () => {
    const [buoy, theirs, own] = [await build(groups.a, 'buoy'), await build(groups.b), await build(groups.a)]
    const routeTo = (serial: string | null) =>
      call('POST', '/v1/routes', { source: { kind: 'buoy', iam: buoy.iam }, target: { kind: 'rockstar', serial } })
    expect(await routeTo(theirs.serial)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const address = { kind: 'rockstar', serial: theirs.serial }
    expect((await call('POST', '/v1/endpoints', address)).status).toBeGreaterThanOrEqual(400)
    expect((await routeTo(own.serial)).status).toBe(201)
    expect((await routeTo('777123')).status).toBe(201)
  })

  it('has its routes switched off when its device moves to a third group', async () => {
    const theirs = await build(groups.b)
    const route = (groupId: number) => buildRoute(api.db, { groupId, targetModemId: theirs.modemId })
    const [ours, itsOwn] = [await route(groups.a), await route(groups.b)]
    const admin = await api.tokenOf(null)
    const third = (await buildGroup(api.db)).id
    const isOn = async ({ id }: { readonly id: number }) =>
      (await api.call(admin, 'GET', `/v1/routes?limit=500`)).body.items.find((one: { id: number }) => one.id === id)
        .enabled
    const move = (groupId: number) => api.call(admin, 'PATCH', `/v1/devices/${theirs.iam}`, { groupId })
    expect((await api.call(admin, 'PATCH', `/v1/devices/${theirs.iam}`, { label: 'x' })).status).toBe(200)
    expect([await isOn(ours), await isOn(itsOwn)]).toEqual([true, true])
    expect((await move(third)).status).toBe(200)
    expect([await isOn(ours), await isOn(itsOwn)]).toEqual([false, false])
    const entries = (await api.call(admin, 'GET', '/v1/audit?limit=10')).body.items
    expect(entries).toContainEqual(
      expect.objectContaining({ action: 'route.switched-off', subject: `route/${String(ours.id)}`, groupId: groups.a }),
    )
  })

  it('shows its group what others send to it, and lets an operator there cancel it', async () => {
    const theirs = await build(groups.b)
    const row = { groupId: groups.a, targetGroupId: groups.b, modemId: theirs.modemId, imei: theirs.imei }
    const { id } = await buildOutbound(api.db, { ...row, causeKind: 'route', state: 'queued' })
    const path = `/v1/messages/outbound/${String(id)}`
    const [operator, viewer] = [await api.tokenOf(groups.b, 'operator'), await api.tokenOf(groups.b, 'viewer')]
    for (const token of [operator, viewer]) {
      expect((await api.call(token, 'GET', path)).body).toMatchObject({ id, imei: theirs.imei })
      const list = await api.call(token, 'GET', `/v1/messages/outbound?imei=${theirs.imei}`)
      expect(list.body.items).toMatchObject([{ id }])
    }
    expect((await api.call(viewer, 'POST', `${path}/cancel`)).status).toBe(403)
    expect((await api.call(operator, 'POST', `${path}/cancel`)).body).toMatchObject({ state: 'cancelled' })
  })

  it('reports a delivery to open pages of both groups, and to no third', () => {
    const told: boolean[][] = []
    const stop = api.hub.subscribe({
      send: ({ audience }) => {
        const scopes = [{ groupIds: [groups.a] }, { groupIds: [groups.b] }, { groupIds: [-1] }, { all: true } as const]
        told.push(scopes.map((scope) => isFor(audience, scope)))
      },
      close: () => undefined,
    })
    const names = { iam: null, sourceIam: null, reasonCode: null, vendorId: null, attempt: null }
    const change = { id: 1, state: 'queued', at: new Date(), imei: null, serial: null } as const
    api.hub.publish(presentDelivery({ ...change, ...names, groupId: groups.a, targetGroupId: groups.b }))
    stop?.()
    expect(told).toEqual([[true, true, false, true]])
  })
})
