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

  it('POST writes the row, announces it, and shows it', async () => {
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
    ['both', { text: 'a', hex: '61' }, 'text'],
    ['more than 270 bytes', { text: 'x'.repeat(271) }, 'text'],
    ['letters that are not ASCII', { text: 'Pʻō' }, 'text'],
    ['half a byte', { hex: 'abc' }, 'hex'],
    ['a word that breaks the session', { text: '+DATA:OK' }, 'text'],
    ['the bytes of one', { hex: '00ff4f4b0d0a' }, 'hex'],
    ['an unknown modem', { imei: '300000000000000', text: 'x' }, 'imei'],
  ])('POST answers 422 for %s', async (_what, body, field) => {
    expect(await post({ imei, ...body })).toMatchObject({ status: 422, body: { errors: [{ field }] } })
  })

  it('does nothing of what it answers with an error, however late that comes', async () => {
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

  it('cancels what has not left, resumes what is parked, refuses the rest', async () => {
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
