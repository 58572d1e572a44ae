import { buildDevice, buildGroup, buildModem, buildOutbound } from '@paikea/database/testing'
import { deliver, formBody, startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/errors', () => {
  let api: TestApi
  let token: string
  let outboundId: number
  const imei = '300234010000077'
  beforeAll(async () => {
    api = await startTestApi()
    const { id: groupId } = await buildGroup(api.db)
    token = await api.tokenOf(groupId, 'operator')
    await api.enter(imei)
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK700', imei, groupId })
    for (const momsn of ['1', '2', '3']) await deliver(api.url, formBody({ imei, momsn, data: `5a${momsn}0` }))
    const modem = await buildModem(api.db)
    await buildDevice(api.db, { groupId, modemId: modem.id })
    outboundId = (
      await buildOutbound(api.db, {
        groupId,
        imei: modem.imei,
        modemId: modem.id,
        state: 'parked',
        reasonCode: 'no-credit',
      })
    ).id
    await buildOutbound(api.db, { groupId, imei: modem.imei, modemId: modem.id, state: 'sent' })
  })
  afterAll(() => api.close())
  const list = async (query = '') => (await api.call(token, 'GET', `/v1/errors${query}`)).body

  it('lists quarantined messages and parked deliveries with advice', async () => {
    const { items } = await list()
    expect(items).toHaveLength(4)
    const [message] = items.filter(({ kind }: { kind: string }) => kind === 'message')
    expect(message).toMatchObject({
      state: 'quarantined',
      iam: 'PK700',
      imei,
      advice: expect.stringContaining('Replay'),
    })
    expect(items.find(({ id }: { id: string }) => id === `out-${outboundId}`)).toMatchObject({
      kind: 'delivery',
      state: 'parked',
      reason: { code: 'no-credit' },
      advice: expect.stringContaining('Buy credits'),
      href: `/v1/messages/outbound/${outboundId}`,
    })
  })

  it('pages through every error once, and refuses an unknown cursor', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { items: { id: string }[]; nextCursor: string | null } = await list(
        `?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual((await list()).items.map(({ id }: { id: string }) => id))
    expect((await api.call(token, 'GET', '/v1/errors?cursor=xyz')).status).toBe(400)
  })

  it('dismisses an error, audits that, and lists it again when it recurs', async () => {
    const path = `/v1/errors/out-${outboundId}`
    expect((await api.call(token, 'POST', `${path}/dismiss`)).status).toBe(204)
    const ids = async () => (await list()).items.map(({ id }: { id: string }) => id)
    expect(await ids()).not.toContain(`out-${outboundId}`)
    const admin = await api.tokenOf(null)
    const { items } = (await api.call(admin, 'GET', '/v1/audit')).body
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'error.dismissed', subject: `outbound/${outboundId}` }),
    )

    await api.db.write((transaction) =>
      api.db.models.OutboundMessage.update(
        { stateChangedAt: new Date(Date.now() + 60_000) },
        { where: { id: outboundId }, transaction },
      ),
    )
    expect(await ids()).toContain(`out-${outboundId}`)
  })

  it('replays a quarantined message, and resumes a parked delivery', async () => {
    const { items } = await list()
    const [message] = items.filter(({ kind }: { kind: string }) => kind === 'message')
    expect(await api.call(token, 'POST', `/v1/errors/${message.id}/replay`)).toMatchObject({
      status: 200,
      body: { changes: [], outboundId: null },
    })
    expect(await api.call(token, 'POST', `/v1/errors/out-${outboundId}/replay`)).toMatchObject({
      status: 200,
      body: { outboundId },
    })
    expect((await api.call(token, 'POST', `/v1/errors/out-${outboundId}/dismiss`)).body.code).toBe('wrong-state')
  })

  it('hides errors from other groups, and refuses a malformed id', async () => {
    const other = await api.tokenOf((await buildGroup(api.db)).id, 'operator')
    expect((await api.call(other, 'GET', '/v1/errors')).body.items).toEqual([])
    expect((await api.call(other, 'POST', `/v1/errors/out-${outboundId}/dismiss`)).status).toBe(404)
    expect((await api.call(token, 'POST', '/v1/errors/12/dismiss')).status).toBe(400)
  })
})
