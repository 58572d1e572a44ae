import { parkVendorAccount } from '@paikea/database'
import { buildDevice, buildModem, buildOutbound } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../../test/test-api.ts'

describe('/v1/messages/outbound', () => {
  let api: TestApi
  let token: string
  let imei: string
  let groupId: number
  const announced: number[] = []
  beforeAll(async () => {
    const dispatcher = {
      notifyOutbound: (rows: readonly { outboundId: number }[]) =>
        void announced.push(...rows.map((row) => row.outboundId)),
    }
    api = await startTestApi('sqlite', { dispatcher })
    const modem = await buildModem(api.db)
    imei = modem.imei
    groupId = (await buildDevice(api.db, { modemId: modem.id })).groupId
    token = await api.tokenOf(groupId)
  })
  afterAll(() => api.close())
  const post = (body: unknown) => api.call(token, 'POST', '/v1/messages/outbound', body)

  it('POST queues a message, announces it, and returns it', async () => {
    const reply = await post({ imei, text: '+DATA:PK006,20;' })
    expect(reply).toMatchObject({
      status: 201,
      body: {
        imei,
        state: 'queued',
        text: '+DATA:PK006,20;',
        hex: '2b444154413a504b3030362c32303b',
        credits: 1,
        attempts: [],
      },
    })
    expect(announced).toContain(reply.body.id)
    expect((await post({ imei, hex: '00FF' })).body).toMatchObject({ text: null, hex: '00ff' })
  })

  it.each<[string, object, string]>([
    ['neither text nor hex', {}, 'text'],
    ['both text and hex', { text: 'a', hex: '61' }, 'text'],
    ['more than 270 bytes', { text: 'x'.repeat(271) }, 'text'],
    ['characters that are not ASCII', { text: 'Pʻō' }, 'text'],
    ['half a byte', { hex: 'abc' }, 'hex'],
    ['a word that breaks the session', { text: '+DATA:OK' }, 'text'],
    ['the bytes of such a word', { hex: '00ff4f4b0d0a' }, 'hex'],
    ['an unknown modem', { imei: '300000000000000', text: 'x' }, 'imei'],
  ])('POST answers 422 for %s', async (_what, body, field) => {
    expect(await post({ imei, ...body })).toMatchObject({ status: 422, body: { errors: [{ field }] } })
  })

  it('rolls back a send or a cancel that ends in an error', async () => {
    const { id } = await buildOutbound(api.db, { groupId, imei, state: 'queued' })
    const count = () => api.db.models.OutboundMessage.count()
    const before = await count()
    const rename = (from: string, to: string) =>
      api.db.write((transaction) => api.db.sequelize.query(`ALTER TABLE ${from} RENAME TO ${to}`, { transaction }))
    await rename('audit_log', 'audit_log_away')
    try {
      expect((await post({ imei, text: 'x' })).status).toBeGreaterThanOrEqual(500)
      const cancelled = await api.call(token, 'POST', `/v1/messages/outbound/${String(id)}/cancel`)
      expect(cancelled.status).toBeGreaterThanOrEqual(500)
    } finally {
      await rename('audit_log_away', 'audit_log')
    }
    expect(await count()).toBe(before)
    expect(await api.db.models.OutboundMessage.findByPk(id)).toMatchObject({ state: 'queued' })
  })

  it('reports why a message waits: not its turn, or a paused endpoint', async () => {
    const { id } = await buildOutbound(api.db, { groupId, imei, state: 'queued', waiting: true })
    const at = `/v1/messages/outbound/${String(id)}`
    expect((await api.call(token, 'GET', at)).body).toMatchObject({ stateReasonCode: 'not-its-turn' })
    const [endpoint] = (await api.call(token, 'GET', '/v1/endpoints')).body.items
    await api.call(token, 'POST', `/v1/endpoints/${String(endpoint.id)}/pause`)
    const behind = await buildOutbound(api.db, { groupId, imei, endpointId: endpoint.id })
    const { body } = await api.call(token, 'GET', `/v1/messages/outbound/${String(behind.id)}`)
    expect(body).toMatchObject({ state: 'queued', stateReasonCode: 'paused-by-operator' })
    expect(body.stateReason).toContain('Paused by an operator')
  })

  it('lets a person mark a message of unknown outcome as arrived, once', async () => {
    const { id } = await buildOutbound(api.db, { groupId, imei, state: 'unknown', finishedAt: new Date() })
    const at = `/v1/messages/outbound/${String(id)}`
    const reply = await api.call(token, 'POST', `${at}/arrived`)
    expect(reply).toMatchObject({ status: 200, body: { state: 'sent', stateReasonCode: 'said-to-have-arrived' } })
    expect(reply.body.sentAt).not.toBeNull()
    expect(await api.call(token, 'POST', `${at}/arrived`)).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
  })

  it('resends an ended message once, as a new queued message at the same price', async () => {
    const values = { groupId, imei, text: 'x'.repeat(60), payload: Buffer.alloc(60, 'x'), credits: 2 }
    const ended = { state: 'unknown', finishedAt: new Date(), expiresAt: new Date(0) } as const
    const { id } = await buildOutbound(api.db, { ...values, ...ended })
    const at = `/v1/messages/outbound/${String(id)}`
    const reply = await api.call(token, 'POST', `${at}/resend`)
    const wanted = { state: 'queued', credits: 2, resendOf: id, generation: 1, text: values.text }
    expect(reply).toMatchObject({ status: 201, body: wanted })
    expect(Date.parse(reply.body.expiresAt)).toBeGreaterThan(Date.now())
    expect(announced).toContain(reply.body.id)
    expect((await api.call(token, 'GET', at)).body).toMatchObject({ state: 'unknown', resentAs: reply.body.id })
    expect(await api.call(token, 'POST', `${at}/resend`)).toMatchObject({
      status: 409,
      body: { code: 'already-resent' },
    })
    const audit = (await api.call(token, 'GET', '/v1/audit')).body.items
    expect(audit).toContainEqual(
      expect.objectContaining({ action: 'outbound.resent', after: { resentAs: reply.body.id, credits: 2 } }),
    )
  })

  it('shows why an account is parked, and resumes it directly or through a waiting message', async () => {
    const reasonDetail = 'The account is out of credit.'
    const values = { kind: 'modem', reasonCode: 'no-credit', reasonDetail, probeAt: new Date() }
    const park = () => api.db.write((tx) => parkVendorAccount(api.db, values, tx))
    const { id } = await buildOutbound(api.db, { groupId, imei })
    await park()
    const account = async () => (await api.call(token, 'GET', '/v1/vendor-accounts')).body.items[0]
    expect(await account()).toMatchObject({
      kind: 'modem',
      name: 'RockBLOCK',
      state: 'parked',
      stateReasonCode: 'no-credit',
      whatToDo: expect.stringContaining('Buy credits'),
      waiting: expect.any(Number),
    })
    expect((await account()).waiting).toBeGreaterThan(0)
    const at = `/v1/messages/outbound/${String(id)}`
    const held = (await api.call(token, 'GET', at)).body
    expect(held).toMatchObject({ state: 'queued', stateReasonCode: 'no-credit' })
    expect(held.stateReason).toContain('out of credit')
    expect((await api.call(token, 'POST', `${at}/resume`)).status).toBe(200)
    expect(await account()).toMatchObject({ state: 'active', stateReason: null })
    await park()
    expect((await api.call(token, 'POST', '/v1/vendor-accounts/modem/resume')).body).toMatchObject({ state: 'active' })
    await park()
    const all = await api.call(token, 'POST', '/v1/messages/outbound/resume', { all: true })
    expect(all).toMatchObject({ status: 200, body: { accounts: 1 } })
  })

  it('resumes parked messages by id or by reason', async () => {
    const make = async (reasonCode: string) =>
      (await buildOutbound(api.db, { groupId, imei, state: 'parked', reasonCode })).id
    const ids = [await make('unknown-imei'), await make('no-line-rental'), await make('no-line-rental')]
    const resume = async (body: object) => (await api.call(token, 'POST', '/v1/messages/outbound/resume', body)).body
    expect(await resume({ ids: ids.slice(0, 2) })).toEqual({ resumed: 2, accounts: 0 })
    expect(await resume({ reasonCode: 'no-line-rental' })).toEqual({ resumed: 1, accounts: 0 })
    expect(announced).toEqual(expect.arrayContaining(ids))
    expect(await resume({})).toMatchObject({ status: 422, errors: [{ field: 'all' }] })
    expect(await resume({ ids: [2_000_000_000] })).toMatchObject({ status: 404 })
  })

  it('cancels a queued message, resumes a parked one, and refuses to cancel a sent one', async () => {
    const make = async (state: 'queued' | 'parked' | 'sent') =>
      (await buildOutbound(api.db, { groupId, imei, state })).id
    const act = (id: number, what: string) => api.call(token, 'POST', `/v1/messages/outbound/${String(id)}/${what}`)
    expect((await act(await make('queued'), 'cancel')).body).toMatchObject({ state: 'cancelled' })
    const parked = await make('parked')
    expect((await act(parked, 'resume')).body).toMatchObject({ state: 'queued' })
    expect(announced).toContain(parked)
    expect(await act(await make('sent'), 'cancel')).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
  })
})
