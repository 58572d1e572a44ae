import { buildGroup, databaseKinds } from '@paikea/database/testing'
import { buildRoutedPair, createActing } from './acting.ts'
import { createApi } from '../src/create-api.ts'
import { openEvents } from './event-stream.ts'
import { deliver, formBody, hex, startTestApi, type TestApi } from './test-api.ts'

/** A fix that cannot have been sailed to is kept and asked about. */
describe.each(databaseKinds())('an implausible jump, on %s', (kind) => {
  let api: TestApi
  let token: string
  let count = 0
  beforeAll(async () => {
    api = await startTestApi(kind)
    await buildGroup(api.db)
    // Nobody has claimed the modems of these buoys: a system administrator attaches them.
    token = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const makeBuoy = async () => {
    const imei = `30043400006${String((count += 1)).padStart(4, '0')}`
    const { iam } = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', imei })).body
    return followBuoy(imei, iam)
  }

  const followBuoy = (imei: string, iam: string) => {
    let momsn = 0
    return {
      imei,
      iam,
      send: async (minute: number, latitude: number, longitude: number) => {
        const time = new Date(Date.UTC(2026, 10, 24, 3, minute)).toISOString()
        const [, day, hh, mm] = /-(\d\d)T(\d\d):(\d\d)/.exec(time) ?? []
        const part = (degrees: number) => `${Math.trunc(degrees)}${((degrees % 1) * 60).toFixed(4).padStart(7, '0')}`
        const data = hex(
          `PK001;lat:${part(latitude)},NS:N,lon:${part(longitude)},EW:W,utc:${hh}${mm}00,sog:0.5,cog:12,sta:00`,
        )
        const fields = { imei, momsn: (momsn += 1), transmit_time: `26-11-${day} ${hh}:${mm}:10`, data }
        return (await deliver(api.url, formBody(fields))).body
      },
      quality: async () => {
        const { items } = (await api.call(token, 'GET', `/v1/devices/${iam}/reports`)).body
        return items.map((report: { quality: string; latitude: number; problems: { code: string }[] }) => [
          Math.round(report.latitude),
          report.quality,
          ...report.problems.map(({ code }) => code),
        ])
      },
      lastFix: async () => (await api.call(token, 'GET', `/v1/devices/${iam}`)).body.lastFix,
    }
  }

  it('is kept with its coordinates and does not become the last fix', async () => {
    const buoy = await makeBuoy()
    await buoy.send(0, 36, 122)
    await buoy.send(5, 66.3, 3)
    expect(await buoy.quality()).toEqual([
      [66, 'suspect', 'implausible'],
      [36, 'good'],
    ])
    expect(await buoy.lastFix()).toMatchObject({ latitude: 36 })
    await buoy.send(10, 36.01, 122)
    expect(await buoy.lastFix()).toMatchObject({ latitude: 36.01 })
    expect(await buoy.quality()).toEqual([
      [36, 'good'],
      [66, 'suspect', 'implausible'],
      [36, 'good'],
    ])
  })

  it('is accepted when a second fix confirms it, which a repeat does not', async () => {
    const buoy = await makeBuoy()
    await buoy.send(0, 36, 122)
    await buoy.send(5, 66.3, 3)
    // The same payload again.
    await buoy.send(5 + 24 * 60, 66.3, 3)
    expect(await buoy.lastFix()).toMatchObject({ latitude: 36 })
    await buoy.send(10, 66.31, 3)
    expect(await buoy.lastFix()).toMatchObject({ latitude: 66.31 })
    expect((await buoy.quality()).map(([, quality]: string[]) => quality)).toEqual(['good', 'good', 'good', 'good'])
  })

  it('is judged by its neighbours in fix time, even when it arrives late or with others', async () => {
    const buoy = await makeBuoy()
    await buoy.send(0, 36, 122)
    await buoy.send(20, 36.01, 122)
    await Promise.all([buoy.send(10, 66.3, 3), buoy.send(12, 36, 122.001)])
    expect(await buoy.quality()).toEqual([
      [36, 'good'],
      [36, 'good'],
      [66, 'suspect', 'implausible'],
      [36, 'good'],
    ])
    expect(await buoy.lastFix()).toMatchObject({ latitude: 36.01 })
  })

  describe('when accepted', () => {
    /** A buoy whose positions go to a handset. */
    const makeRoutedBuoy = async () => {
      const { imei, iam, groupId } = await buildRoutedPair(api, 'buoy')
      const acting = createActing(api)
      const buoy = followBuoy(imei, iam)
      return {
        ...buoy,
        groupId,
        act: () => acting.act(),
        /** Whole degrees north that were told, in their order. */
        told: () => acting.sent.map(({ text }) => /PK004,(\d\d)/.exec(text)?.[1]),
        oldest: async (index: number) =>
          (await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body.items.at(-1 - index).id,
      }
    }

    it('by a second fix, is sent in order, and reported to open pages of every process', async () => {
      const buoy = await makeRoutedBuoy()
      await buoy.send(0, 36, 122)
      await buoy.send(5, 66.3, 3)
      await buoy.act()
      expect(buoy.told()).toEqual(['36'])
      // Pages of this process, and of one that knows of it by the tables only.
      const config = { webhookSecret: 'another-secret-of-the-portal' }
      const elsewhere = await createApi({ db: api.db, intake: api.intake, config }).listen(0)
      const urls = [api.url, `http://127.0.0.1:${String(elsewhere.port)}`]
      const streams = await Promise.all(urls.map((url) => openEvents(url, { Authorization: `Bearer ${token}` })))
      for (const stream of streams) await stream.waitFor('hello')
      const jump = await buoy.oldest(1)
      await buoy.send(60, 67.0, 3)
      // Open pages hear of both.
      for (const stream of streams) {
        await stream.waitFor('report', ({ messageId, quality }) => messageId === jump && quality === 'good')
        stream.close()
      }
      await elsewhere.close()
      await buoy.act()
      expect(buoy.told()).toEqual(['36', '66', '67'])
    })

    it('by a person, becomes the last fix, is sent, and is audited', async () => {
      const buoy = await makeRoutedBuoy()
      await buoy.send(0, 36, 122)
      await buoy.send(5, 66.3, 3)
      // Its repeat, a day later.
      await buoy.send(5 + 24 * 60, 66.3, 3)
      await buoy.act()
      const [plain, id] = [await buoy.oldest(0), await buoy.oldest(1)]
      const path = `/v1/messages/inbound/${id}`
      const operator = await api.tokenOf(buoy.groupId, 'operator')
      expect((await api.call(operator, 'GET', path)).body).toMatchObject({
        state: 'processed',
        skippedRoutes: [{ reason: 'implausible' }],
      })
      expect((await api.call(await api.tokenOf(buoy.groupId, 'technician'), 'POST', `${path}/accept`)).status).toBe(403)
      expect((await api.call(operator, 'POST', `${path}/accept`)).body).toMatchObject({ report: { quality: 'good' } })
      expect((await buoy.quality()).map(([, quality]: string[]) => quality)).toEqual(['good', 'good', 'good'])
      expect(await buoy.lastFix()).toMatchObject({ latitude: 66.3 })
      await buoy.act()
      expect(buoy.told()).toEqual(['36', '66'])
      expect((await api.call(operator, 'GET', path)).body).toMatchObject({ skippedRoutes: [], deliveries: [{}] })
      for (const settled of [id, plain]) {
        const again = await api.call(operator, 'POST', `/v1/messages/inbound/${settled}/accept`)
        expect(again).toMatchObject({ status: 409, body: { code: 'wrong-state' } })
      }
      const { items } = (await api.call(token, 'GET', '/v1/audit')).body
      expect(items.find(({ action }: { action: string }) => action === 'report.accepted')).toMatchObject({
        action: 'report.accepted',
        subject: `inbound/${id}`,
      })
    })
  })

  it('is judged again when its modem turns out to have been in another buoy', async () => {
    const buoy = await makeBuoy()
    await api.call(token, 'POST', `/v1/devices/${buoy.iam}/modem`, { imei: buoy.imei, from: '2026-11-24T02:00:00Z' })
    await buoy.send(0, 36, 122)
    await buoy.send(60, 66.3, 3)
    const other = (await api.call(token, 'POST', '/v1/devices', { kind: 'buoy' })).body.iam
    expect((await buoy.quality())[0]).toEqual([66, 'suspect', 'implausible'])
    // It had been put into the other one between the two.
    await api.call(token, 'DELETE', `/v1/devices/${buoy.iam}/modem`, { to: '2026-11-24T03:30:00Z' })
    await api.call(token, 'POST', `/v1/devices/${other}/modem`, { imei: buoy.imei, from: '2026-11-24T03:30:00Z' })
    expect((await api.call(token, 'GET', `/v1/devices/${other}`)).body.lastFix).toMatchObject({ latitude: 66.3 })
    expect((await api.call(token, 'GET', `/v1/devices/${other}/reports`)).body.items).toMatchObject([
      { quality: 'good', problems: [] },
    ])
  })
})
