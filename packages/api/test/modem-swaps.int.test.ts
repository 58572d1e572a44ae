import { buildGroup, databaseKinds } from '@paikea/database/testing'
import { deliver, formBody, hex, startTestApi, type TestApi } from './test-api.ts'

/** A message belongs to whoever had the modem when it was sent, whenever it comes in and whenever the swap is entered. */
describe.each(databaseKinds())('a modem that changes hands, on %s', (kind) => {
  let api: TestApi
  let token: string
  let momsn = 0
  beforeAll(async () => {
    api = await startTestApi(kind)
    await buildGroup(api.db)
    token = await api.tokenOf(null)
  })
  afterAll(() => api.close())

  const makeBuoy = async (): Promise<string> => {
    const made = await api.call(token, 'POST', '/v1/devices', { kind: 'buoy' })
    return made.body.iam
  }
  const newImei = (): string => `30043400002${String((momsn += 1)).padStart(4, '0')}`
  /** Sends a fix at that hour of 2026-11-24, to be told apart by its latitude. */
  const send = async (imei: string, hour: number): Promise<void> => {
    const [hh, latitude] = [String(hour).padStart(2, '0'), `36${String(hour).padStart(2, '0')}.0000`]
    const data = hex(`PK101;lat:${latitude},NS:N,lon:12200.0000,EW:W,utc:${hh}0000,batt:4.2,int:20,sl:0,st:0`)
    await deliver(api.url, formBody({ imei, momsn: (momsn += 1), transmit_time: `26-11-24 ${hh}:00:10`, data }))
  }
  const at = (hour: number) => `2026-11-24T${String(hour).padStart(2, '0')}:00:00.000Z`
  const attach = (iam: string, body: object) => api.call(token, 'POST', `/v1/devices/${iam}/modem`, body)
  const detach = (iam: string, body?: object) => api.call(token, 'DELETE', `/v1/devices/${iam}/modem`, body)
  const hoursOf = async (iam: string): Promise<number[]> => {
    const { items } = (await api.call(token, 'GET', `/v1/devices/${iam}/reports`)).body
    return items.map((item: { at: string }) => new Date(item.at).getUTCHours())
  }
  const lastFixOf = async (iam: string) => (await api.call(token, 'GET', `/v1/devices/${iam}`)).body.lastFix?.at ?? null

  it('assigns messages from before its first device to that device, even after a later swap', async () => {
    const [first, second, imei] = [await makeBuoy(), await makeBuoy(), newImei()]
    await attach(first, { imei, from: at(8) })
    await detach(first, { to: at(12) })
    await attach(second, { imei, from: at(12) })
    await send(imei, 14)
    await send(imei, 6)
    await send(imei, 9)
    expect([await hoursOf(first), await hoursOf(second)]).toEqual([[9, 6], [14]])
    expect([await lastFixOf(first), await lastFixOf(second)]).toEqual([at(9), at(14)])
  })

  it('reassigns the messages in between when a swap is entered late', async () => {
    const [old, spare, imei] = [await makeBuoy(), await makeBuoy(), newImei()]
    await attach(old, { imei, from: at(1) })
    for (const hour of [2, 4, 6, 8]) await send(imei, hour)
    expect(await lastFixOf(old)).toBe(at(8))
    expect((await detach(old, { to: at(3) })).body).toMatchObject({ modem: null, lastFix: { at: at(2) } })
    // Out of the water from three to five: what it sent then is nobody's.
    expect((await attach(spare, { imei, from: at(5) })).body.lastFix.at).toBe(at(8))
    expect([await hoursOf(old), await hoursOf(spare)]).toEqual([[2], [8, 6]])
    // The time was wrong after all.
    await attach(spare, { imei, from: at(3) })
    expect([await hoursOf(old), await hoursOf(spare)]).toEqual([[2], [8, 6, 4]])
    const { items } = (await api.call(token, 'GET', `/v1/messages/inbound?imei=${imei}`)).body
    expect(items.map((item: { iam: string }) => item.iam)).toEqual([spare, spare, spare, old])
  })

  it('removes the last fix of a device that turns out to have none of its own', async () => {
    const [wrong, imei] = [await makeBuoy(), newImei()]
    await attach(wrong, { imei, from: at(1) })
    await send(imei, 4)
    expect((await detach(wrong, { to: at(2) })).body).toMatchObject({ lastFix: null, lastReport: null })
  })

  it('ends the old modem’s attachment at the time the new one is attached', async () => {
    const [buoy, before, after] = [await makeBuoy(), newImei(), newImei()]
    await attach(buoy, { imei: before, from: at(1) })
    await send(before, 2)
    await send(before, 6)
    await attach(buoy, { imei: after, from: at(4) })
    expect(await hoursOf(buoy)).toEqual([2])
  })

  it('refuses an impossible attach or detach time, and names the reason', async () => {
    const [one, two, imei] = [await makeBuoy(), await makeBuoy(), newImei()]
    await attach(one, { imei, from: at(4) })
    expect(await detach(one, { to: at(4) })).toMatchObject({ status: 409, body: { code: 'before-attached' } })
    expect(await attach(one, { imei: newImei(), from: at(3) })).toMatchObject({
      status: 409,
      body: { code: 'device-had-another-then', errors: [{ field: 'from' }] },
    })
    await detach(one, { to: at(8) })
    expect(await attach(two, { imei, from: at(7) })).toMatchObject({
      status: 409,
      body: { code: 'modem-elsewhere-then', errors: [{ field: 'from' }] },
    })
    for (const from of ['2200-01-01', 'soon']) {
      expect(await attach(two, { imei, from })).toMatchObject({ status: 422, body: { errors: [{ field: 'from' }] } })
    }
    expect(await detach(two, { to: '2200-01-01' })).toMatchObject({ status: 422, body: { errors: [{ field: 'to' }] } })
  })
})
