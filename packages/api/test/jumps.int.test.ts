import { buildGroup, databaseKinds } from '@paikea/database/testing'
import { deliver, formBody, hex, startTestApi, type TestApi } from './test-api.ts'

/** A fix that cannot have been sailed to is kept and asked about. */
describe.each(databaseKinds())('a jump, on %s', (kind) => {
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
    let momsn = 0
    return {
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

  it('is believed once a second fix is plausible from it, which a repeat is not', async () => {
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

  it('is judged by its neighbours in the time of fix, also where it comes late or with others', async () => {
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
})
