import { databaseKinds } from '@paikea/database/testing'
import { buildWebhook } from '@paikea/rockblock-client/testing'
import { buildRoutedPair, createActing } from './acting.ts'
import { deliver, formBody, hex, SECRET, startTestApi, type TestApi } from './test-api.ts'

/** What is stored is read again by today's rules: what changes is listed, and nothing is sent twice. */
describe.each(databaseKinds())('a replay, on %s', (kind) => {
  let api: TestApi
  let token: string
  beforeAll(async () => {
    api = await startTestApi(kind)
    token = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const replay = async (id: number, body: object) =>
    (await api.call(token, 'POST', `/v1/messages/inbound/${id}/replay`, body)).body
  const newest = async (imei: string) =>
    (await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items[0]
  const fields = ({ changes }: { changes: { field: string }[] }) => changes.map(({ field }) => field)

  it('releases a radio-damaged message when a person asks, and acts on it', async () => {
    const pair = await buildRoutedPair(api, 'buoy')
    const acting = createActing(api)
    const now = new Date()
    const receivedAt = {
      year: now.getUTCFullYear(),
      month: now.getUTCMonth() + 1,
      day: now.getUTCDate(),
      hour: now.getUTCHours(),
      minute: now.getUTCMinutes(),
      second: now.getUTCSeconds(),
    }
    const clock = now.toISOString().slice(11, 19).replaceAll(':', '')
    const text = `PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:${clock},sog:0.5,cog:12,sta:00,batt:4.7`
    const hook = buildWebhook({
      format: 'cloudloop',
      fields: {
        id: `damaged-${pair.imei}`,
        receivedAt,
        identity: { hardware: { imei: pair.imei } },
        sbd: { imei: pair.imei, momsn: 5, sessionAt: receivedAt, status: 'SESSION_STATUS_OK' },
        imt: { crcError: true },
        message: Buffer.from(text).toString('base64'),
      },
    })
    await deliver(api.url, hook.body, hook.contentType, `/cloudloop/incoming/${SECRET}`)
    const { id, state, reason } = await newest(pair.imei)
    expect([state, reason.code]).toEqual(['quarantined', 'damaged-by-radio'])
    expect(await replay(id, {})).toMatchObject({ changes: [], applied: false })
    const dry = await replay(id, { release: true, dryRun: true })
    expect(dry).toMatchObject({ applied: false, message: { state: 'quarantined', report: null } })
    expect(fields(dry)).toEqual(expect.arrayContaining(['state', 'reason', 'decoded', 'report.latitude']))
    expect(await replay(id, { release: true })).toMatchObject({
      applied: true,
      changes: dry.changes,
      message: { state: 'accepted', report: { hasFix: true, quality: 'good' } },
    })
    expect((await api.call(token, 'GET', `/v1/devices/${pair.iam}`)).body.lastFix.latitude).toBeCloseTo(37.825, 2)
    await acting.act()
    expect(acting.sent).toHaveLength(1)
    // Read again with many others, it stays released.
    expect(await replay(id, {})).toMatchObject({ changes: [], applied: false, message: { state: 'processed' } })
    const { items } = (await api.call(token, 'GET', '/v1/audit')).body
    expect(items.map(({ action, subject }: { action: string; subject: string }) => [action, subject])).toContainEqual([
      ...['inbound.replayed', `inbound/${id}`],
    ])
  })

  it('corrects what was read by other rules, and sends nothing twice', async () => {
    const pair = await buildRoutedPair(api, 'buoy')
    const acting = createActing(api)
    await deliver(api.url, formBody({ imei: pair.imei }))
    await acting.act()
    const { id } = await newest(pair.imei)
    expect(await replay(id, {})).toMatchObject({ changes: [], applied: false })
    const path = `/v1/messages/inbound/${id}`
    const before = (await api.call(token, 'GET', path)).body
    await api.db.write(async (transaction) => {
      await api.db.models.Report.update({ latitude: 12 }, { where: { messageId: id }, transaction })
      await api.db.models.InboundMessage.update({ packetType: 'PK999' }, { where: { id }, transaction })
    })
    const dry = await replay(id, { dryRun: true })
    expect(fields(dry)).toEqual(['packetType', 'report.latitude'])
    await replay(id, {})
    expect((await api.call(token, 'GET', path)).body).toEqual(before)
    expect((await api.call(token, 'GET', `/v1/devices/${pair.iam}`)).body.lastFix.latitude).toBeCloseTo(37.825, 2)
    const sent = acting.sent.length
    await acting.act()
    expect(acting.sent).toHaveLength(sent)
  })

  it('recognises repeats among messages stored before the rule existed', async () => {
    const { imei, iam } = await buildRoutedPair(api, 'buoy')
    const data = hex('PK101;lat:3630.0000,NS:N,lon:12200.0000,EW:W,utc:095500,batt:4.2,int:20,sl:0,st:0')
    const days = [10, 11, 12]
    for (const day of days) {
      await deliver(api.url, formBody({ imei, momsn: day, transmit_time: `26-11-${day} 10:00:10`, data }))
    }
    const inbound = async () => (await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items
    const reports = async () => (await api.call(token, 'GET', `/v1/devices/${iam}/reports`)).body.items
    const device = async () => (await api.call(token, 'GET', `/v1/devices/${iam}`)).body
    const before = { inbound: await inbound(), reports: await reports(), device: await device() }
    // As they were stored when each was taken for a fix of its own day.
    const ids = before.inbound.map(({ id }: { id: number }) => id).toReversed()
    await api.db.write(async (transaction) => {
      for (const [index, messageId] of ids.entries()) {
        const fixAt = new Date(Date.UTC(2026, 10, days[index] ?? 0, 9, 55))
        const where = { where: { messageId }, transaction }
        await api.db.models.Report.update({ at: fixAt, fixAt, fixSkewSeconds: 310, repeatOfId: null }, where)
        await api.db.models.InboundMessage.update({ problems: [] }, { where: { id: messageId }, transaction })
      }
    })
    const seen = []
    for (const id of ids) seen.push(fields(await replay(id, {})))
    const dated = ['report.at', 'report.fixAt']
    expect(seen).toEqual([[], dated, dated])
    expect({ inbound: await inbound(), reports: await reports(), device: await device() }).toEqual(before)
    for (const id of ids) expect(fields(await replay(id, { dryRun: true }))).toEqual([])
  })
})
