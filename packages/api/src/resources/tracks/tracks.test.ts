import type { Database } from '@paikea/database'
import { buildGroup, openTestDatabase } from '@paikea/database/testing'
import { deliver, formBody, hex, startTestApi, type TestApi } from '../../../test/test-api.ts'

const IMEI = '300234010000088'

/** Enough to tell one more from all of them. */
const DEVICES = 20

/** A database whose reports nobody gets before they are let go. */
function holdReports(db: Database) {
  let release = (): void => {}
  const isReleased = new Promise<void>((resolve) => (release = resolve))
  let count = 0
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const query = async (...args: Parameters<typeof db.sequelize.query>): Promise<unknown> => {
    const [sql] = args
    if (typeof sql === 'string' && sql.includes('FROM reports')) {
      count += 1
      for (const one of waiting) if (count >= one.count) one.resolve()
      await isReleased
    }
    return db.sequelize.query(...args)
  }
  const sequelize = new Proxy(db.sequelize, {
    get: (target, key) => (key === 'query' ? query : Reflect.get(target, key)),
  })
  return {
    db: new Proxy(db, { get: (target, key) => (key === 'sequelize' ? sequelize : Reflect.get(target, key)) }),
    release: () => release(),
    count: () => count,
    /** Until so many have been asked for. */
    until: (wanted: number) =>
      new Promise<void>((resolve) => {
        if (count >= wanted) resolve()
        else waiting.push({ count: wanted, resolve })
      }),
  }
}

describe('tracks and deployments', () => {
  let api: TestApi
  let token: string
  let groupId: number
  beforeAll(async () => {
    api = await startTestApi()
    const group = await buildGroup(api.db, { name: 'crew' })
    groupId = group.id
    token = await api.tokenOf(group.id)
    await api.enter(IMEI)
    await api.call(token, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK500', label: 'Rua', imei: IMEI })
    for (const [index, day] of [20, 21, 22, 23].entries()) {
      const data = hex(`PK101;lat:35${10 + index}.0000,NS:N,lon:12200.0000,EW:W,utc:120000,batt:4.2,int:20,sl:0,st:0`)
      const transmitTime = `26-11-${day} 12:01:00`
      await deliver(api.url, formBody({ imei: IMEI, data, momsn: String(100 + index), transmit_time: transmitTime }))
    }
  })
  afterAll(() => api.close())

  const file = async (path: string): Promise<{ status: number; type: string; text: string }> => {
    const reply = await fetch(api.url + path, { headers: { authorization: `Bearer ${token}` } })
    return { status: reply.status, type: reply.headers.get('content-type') ?? '', text: await reply.text() }
  }
  const days = async (query: string): Promise<string[]> => {
    const { text } = await file(`/v1/devices/PK500/track.csv${query}`)
    return [...text.matchAll(/^PK500,2026-11-(\d\d)T/gm)].map(([, day]) => day ?? '')
  }

  it('returns every fix in order of time when there are no deployments', async () => {
    const { status, type, text } = await file('/v1/devices/PK500/track.csv')
    expect([status, type]).toEqual([200, 'text/csv; charset=utf-8; header=present'])
    expect(text.split('\r\n')[1]).toMatch(/^PK500,2026-11-20T12:00:00.000Z,35.1666667,-122,,,4.2,20,good,,/)
    expect(await days('')).toEqual(['20', '21', '22', '23'])
    expect(await days('?from=2026-11-21&to=2026-11-22T23:00:00Z')).toEqual(['21', '22'])
  })

  it('reads exports and older pages from the replica, and the first page from the database', async () => {
    const replica = await openTestDatabase('sqlite')
    let reader: Database = replica
    const other = await startTestApi('sqlite', { readSide: { reader: () => reader, lagMs: () => 40 } })
    try {
      const theirs = await other.tokenOf((await buildGroup(other.db, { name: 'crew' })).id)
      await other.enter(IMEI)
      await other.call(theirs, 'POST', '/v1/devices', { kind: 'buoy', iam: 'PK500', imei: IMEI })
      for (const momsn of ['1', '2'])
        await deliver(other.url, formBody({ imei: IMEI, momsn, data: hex(`note ${momsn}`) }))
      const list = '/v1/messages/inbound?limit=1'
      const { body } = await other.call(theirs, 'GET', list)
      expect(body.items).toHaveLength(1)
      const older = `${list}&cursor=${body.nextCursor}`
      expect((await other.call(theirs, 'GET', older)).body.items).toEqual([])
      expect((await other.call(theirs, 'GET', '/v1/devices/PK500/track.csv')).status).toBe(404)
      reader = other.db
      expect((await other.call(theirs, 'GET', older)).body.items).toHaveLength(1)
      expect((await other.call(theirs, 'GET', '/v1/devices/PK500/track.csv')).status).toBe(200)
    } finally {
      await other.close()
      await replica.drop()
    }
  })

  it('limits concurrent exports without delaying lists, and stops reading for clients that leave', async () => {
    const own = await startTestApi('sqlite', { readSide: { reader: () => held.db, lagMs: () => 0 } })
    const held = holdReports(own.db)
    const leaving = new AbortController()
    try {
      const theirs = await own.tokenOf((await buildGroup(own.db, { name: 'crew' })).id)
      for (let nth = 1; nth <= DEVICES; nth += 1) {
        await own.call(theirs, 'POST', '/v1/devices', { kind: 'buoy', iam: `PK${String(500 + nth)}` })
      }
      const ask = (format: string, signal = leaving.signal) =>
        fetch(`${own.url}/v1/tracks.${format}`, { headers: { authorization: `Bearer ${theirs}` }, signal })
      // The table's first line goes out at once; the rest is still work.
      const working = ['csv', 'nc', 'csv', 'nc'].map((format) => ask(format))
      await held.until(4)
      const more = Array.from({ length: 9 }, () => ask('nc'))
      const refused = await Promise.race(more)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
      expect(await refused.json()).toMatchObject({ code: 'busy' })
      const list = async (): Promise<void> => {
        for (let nth = 0; nth < 20; nth += 1) expect((await own.call(theirs, 'GET', '/v1/devices')).status).toBe(200)
      }
      await list()
      leaving.abort()
      await Promise.allSettled([...working, ...more])
      // The service has heard of it by then, and takes it for nobody's fault.
      await list()
      expect(own.logged()).not.toContain('http.failed')
      held.release()
      expect((await ask('csv', new AbortController().signal)).status).toBe(200)
      // Each of those that left ends at the device it was at, or soon after; two of them would have read all.
      expect(held.count()).toBeLessThan(4 + DEVICES + DEVICES)
    } finally {
      leaving.abort()
      held.release()
      await own.close()
    }
  })

  it('limits a track to its deployments when there are any', async () => {
    const made = await api.call(token, 'POST', '/v1/devices/PK500/deployments', {
      from: '2026-11-21T00:00:00Z',
      to: '2026-11-22T00:00:00Z',
      place: 'Monterey Bay',
    })
    expect(made).toMatchObject({
      status: 201,
      body: { place: 'Monterey Bay', purpose: null, to: '2026-11-22T00:00:00.000Z' },
    })
    const later = await api.call(token, 'POST', '/v1/devices/PK500/deployments', { from: '2026-11-23T00:00:00Z' })
    expect(await days('')).toEqual(['21', '23'])
    expect(await days('?deployment=none')).toEqual(['20', '21', '22', '23'])
    expect(await days(`?deployment=${later.body.id}`)).toEqual(['23'])
    expect(await file('/v1/devices/PK500/track.csv?deployment=9999')).toMatchObject({ status: 404 })
    expect((await api.call(token, 'GET', '/v1/devices/PK500/deployments')).body.items).toHaveLength(2)
  })

  it('refuses a deployment that overlaps another or ends before it begins, naming the field', async () => {
    const post = (body: object) => api.call(token, 'POST', '/v1/devices/PK500/deployments', body)
    expect(await post({ from: '2026-11-21T12:00:00Z', to: '2026-11-21T13:00:00Z' })).toMatchObject({
      status: 409,
      body: { code: 'deployments-overlap', errors: [{ field: 'from' }] },
    })
    expect(await post({ from: '2026-11-10', to: '2026-11-09' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'to', code: 'not-after-from' }] },
    })
  })

  it('changes and removes a deployment', async () => {
    const { items } = (await api.call(token, 'GET', '/v1/devices/PK500/deployments')).body
    const path = `/v1/devices/PK500/deployments/${items[1].id}`
    const ended = await api.call(token, 'PATCH', path, { to: '2026-11-23T06:00:00Z', purpose: 'gear trial' })
    expect(ended).toMatchObject({ status: 200, body: { purpose: 'gear trial', from: '2026-11-23T00:00:00.000Z' } })
    expect(await days('')).toEqual(['21'])
    expect((await api.call(token, 'DELETE', path)).status).toBe(204)
    expect((await api.call(token, 'DELETE', path)).status).toBe(404)
    const { items: entries } = (await api.call(await api.tokenOf(null), 'GET', '/v1/audit')).body
    expect(entries.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['deployment.created', 'deployment.changed', 'deployment.deleted']),
    )
  })

  it('exports every format, for one device and for a group', async () => {
    for (const path of ['/v1/devices/PK500/track', '/v1/tracks']) {
      const geo = JSON.parse((await file(`${path}.geojson?deployment=none`)).text)
      expect(geo.features[0]).toMatchObject({ properties: { iam: 'PK500', label: 'Rua' } })
      expect((await file(`${path}.gpx?deployment=none`)).text).toContain('<name>PK500</name>')
      expect((await file(`${path}.kml?deployment=none`)).text).toContain('<name>PK500</name>')
      const netcdf = await file(`${path}.nc?deployment=none`)
      expect([netcdf.status, netcdf.type]).toEqual([200, 'application/x-netcdf'])
      expect(netcdf.text.slice(0, 3)).toBe('CDF')
    }
    expect((await file(`/v1/tracks.csv?group=${groupId}&deployment=none`)).text.split('\r\n')).toHaveLength(6)
  })

  it('answers 404 for an empty NetCDF file, but writes an empty CSV', async () => {
    expect(JSON.parse((await file('/v1/devices/PK500/track.nc?from=2027-01-01')).text)).toMatchObject({
      status: 404,
      code: 'no-fixes',
    })
    expect((await file('/v1/devices/PK500/track.csv?from=2027-01-01')).text.split('\r\n')).toHaveLength(2)
  })

  it.each([
    ['/v1/devices/PK500/track.docx', 400],
    ['/v1/devices/PK999/track.csv', 404],
    ['/v1/tracks.csv?group=9999', 404],
    ['/v1/tracks.csv?deployment=7', 400],
  ])('%s answers %i', async (path, status) => {
    expect((await file(path)).status).toBe(status)
  })

  it('shows nothing of another group', async () => {
    const other = await buildGroup(api.db, { name: 'others' })
    const stranger = await api.tokenOf(other.id)
    const get = (path: string) => fetch(api.url + path, { headers: { authorization: `Bearer ${stranger}` } })
    expect((await get('/v1/devices/PK500/track.csv')).status).toBe(404)
    expect(await (await get('/v1/tracks.csv')).text()).not.toContain('PK500')
    expect((await get(`/v1/tracks.csv?group=${groupId}`)).status).toBe(404)
  })
})
