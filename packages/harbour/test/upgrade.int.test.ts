import {
  changeUpgradeJob,
  findDevice,
  findDeviceFirmware,
  findUpgradeJob,
  listFleet,
  type Database,
} from '@paikea/database'
import { buildDevice, buildGroup, databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { buildJob, buildRelease, type Harbour, makeBase, openAgain, openHarbour } from './support/harbour.ts'
import { askJson, deviceRequest, exchange } from './support/raw-client.ts'
import { createFlash, runUpdater } from './support/updater.ts'

const all = { all: true } as const
const files: Readonly<Record<string, string>> = {
  'boot.py': 'import core\n',
  'main.py': '',
  'core/__init__.py': 'x = "ü"\n',
  'core/net/wifi.py': 'y'.repeat(9000),
  'apps/__init__.py': '',
  'apps/ota/__init__.py': 'o',
  'apps/updatepy/__init__.py': 'u',
}
const onDevice = Object.fromEntries(Object.entries(files).map(([path, text]) => [`./${path}`, text]))
const total = Object.keys(files).length

describe.each(databaseKinds())('the harbour on %s', (kind) => {
  let db: TestDatabase
  let harbour: Harbour
  let folder: ReturnType<typeof makeBase>
  beforeAll(async () => {
    db = await openTestDatabase(kind)
    await buildGroup(db)
    folder = makeBase()
    harbour = await openHarbour(db, folder.base)
  })
  afterAll(async () => {
    await harbour.stop()
    await db.drop()
    await folder.remove()
  })

  const job = async (id: number) => {
    const found = await findUpgradeJob(db, { scope: all, id })
    if (found === null) throw new Error('no such job')
    return found
  }
  const until = async <T>(look: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const value = await look()
      if (isRight(value)) return value
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return await look()
  }
  const prepare = async () => {
    const device = await buildDevice(db)
    const releaseId = await buildRelease(db, harbour.blobs, { ...files, 'core/salt.py': device.iam })
    const jobId = await buildJob(db, { deviceId: device.id, releaseId, filesTotal: total + 1 })
    const expected = { ...onDevice, './core/salt.py': device.iam }
    return { device, releaseId, jobId, expected }
  }
  const contentOf = (flash: ReturnType<typeof createFlash>) =>
    Object.fromEntries([...flash.files].map(([path, content]) => [path, content.toString()]))

  it('assigns distinct names to devices that register at once in two processes', async () => {
    const second: Database = await openAgain(db.uri)
    const other = await openHarbour(second, folder.base)
    const ports = [harbour.port, other.port]
    const asked = Array.from({ length: 40 }, (_, i) =>
      askJson(ports[i % 2] ?? 0, '/v1/buoy/register', i % 3 === 0 ? {} : { iam: 'TEST' }),
    )
    const names = (await Promise.all(asked)).map(({ iam }) => String(iam))
    await other.stop()
    await second.close()
    expect(new Set(names).size).toBe(40)
    for (const name of names) expect(name).toMatch(/^PK\d{3,}$/u)
  })

  it('returns a known device its name, and assigns a new one to an unknown name or another kind', async () => {
    const { iam } = await askJson(harbour.port, '/v1/buoy/register', { iam: 'TEST' })
    expect(await askJson(harbour.port, '/v1/buoy/register', { iam })).toEqual({ iam })
    expect((await askJson(harbour.port, '/v1/handset/register', { iam }))['iam']).toMatch(/^HS\d{3,}$/u)
    expect((await askJson(harbour.port, '/v1/buoy/register', { iam: 'PK-of-elsewhere' }))['iam']).toMatch(/^PK\d{3,}$/u)
  })

  it('keeps a new device unapproved and out of the fleet', async () => {
    const { iam } = await askJson(harbour.port, '/v1/buoy/register', {})
    expect((await findDevice(db, { scope: all, iam: String(iam) }))?.approved).toBe(false)
    expect((await listFleet(db, { scope: all })).map((device) => device.iam)).not.toContain(iam)
  })

  it('installs the release on a device whose power is cut at every request in turn', async () => {
    const { device, jobId, releaseId, expected } = await prepare()
    const flash = createFlash()
    flash.files.set('./old-top.py', Buffer.from('stays'))
    flash.files.set('./lib/old.py', Buffer.from('goes'))
    let cuts = 0
    for (;;) {
      const { end } = await runUpdater(flash, { port: harbour.port, iam: device.iam, cutAt: cuts })
      if (end === 'installed') break
      expect(end).toBe('cut')
      cuts += 1
    }
    expect(cuts).toBe(2 + total + 1)
    expect(contentOf(flash)).toEqual({ './old-top.py': 'stays', ...expected })
    expect(await job(jobId)).toMatchObject({ state: 'installed', filesDone: total + 1, reason: null })
    expect(await findDeviceFirmware(db, { deviceId: device.id })).toMatchObject({ releaseId })
    const again = await runUpdater(flash, { port: harbour.port, iam: device.iam })
    expect(again.end).toBe('nothing-to-do')
    expect((await job(jobId)).state).toBe('succeeded')
  })

  it('tracks progress by the distinct files fetched, in any process and any order', async () => {
    const { device, jobId } = await prepare()
    const second = await openAgain(db.uri)
    const other = await openHarbour(second, folder.base)
    const path = `/v1/buoy/${device.iam}/upgrade`
    const get = (port: number, name: string) =>
      exchange(port, deviceRequest(path, JSON.stringify({ cmd: 'get_file', job_id: jobId, file_path: name })))
    await askJson(harbour.port, path, { cmd: 'check', space: 2_000_000 })
    expect((await job(jobId)).state).toBe('offered')
    await get(harbour.port, './main.py')
    await get(other.port, './boot.py')
    await get(other.port, './main.py')
    const seen = await until(
      () => job(jobId),
      ({ filesDone }) => filesDone === 2,
    )
    expect(seen).toMatchObject({ state: 'downloading', filesDone: 2, runs: 1 })
    await other.stop()
    await second.close()
  })

  it('reports flash-full and offers nothing while the release does not fit, and installs it when it does', async () => {
    const { device, jobId } = await prepare()
    const flash = createFlash()
    flash.fresh.set('./left.py', Buffer.from('behind'))
    const small = await runUpdater(flash, { port: harbour.port, iam: device.iam, space: 100_000 })
    expect([small.end, flash.fresh.size]).toEqual(['nothing-to-do', 0])
    expect(await job(jobId)).toMatchObject({ state: 'prepared', freeBytes: 100_000, reason: { code: 'flash-full' } })
    expect((await runUpdater(flash, { port: harbour.port, iam: device.iam })).end).toBe('installed')
    expect((await job(jobId)).reason).toBeNull()
  })

  it('releases a device from a withdrawn job, but records a later completion', async () => {
    const { device, jobId } = await prepare()
    const path = `/v1/buoy/${device.iam}/upgrade`
    expect(await askJson(harbour.port, path, { cmd: 'check', space: 2_000_000 })).toEqual({ job_id: jobId, status: 2 })
    expect(await askJson(harbour.port, path, { cmd: 'status', job_id: String(jobId) })).toEqual({
      job_id: jobId,
      status: 2,
    })
    const end = { id: jobId, from: ['offered'], change: { state: 'cancelled' }, now: new Date() } as const
    await db.write((tx) => changeUpgradeJob(db, end, tx))
    await until(
      () => askJson(harbour.port, path, { cmd: 'status', job_id: jobId }).then(() => 'open', String),
      (answer) => answer !== 'open',
    )
    await expect(askJson(harbour.port, path, { cmd: 'status', job_id: jobId })).rejects.toThrow('status 404')
    await expect(askJson(harbour.port, path, { cmd: 'metadata', job_id: jobId })).rejects.toThrow('status 404')
    expect(await askJson(harbour.port, path, { cmd: 'complete', job_id: jobId, status: true })).toMatchObject({
      status: 7,
    })
    expect(await job(jobId)).toMatchObject({ state: 'installed', reason: { code: 'installed-after-withdrawal' } })
  })

  it('serves a job to its own device only', async () => {
    const { jobId } = await prepare()
    const stranger = await buildDevice(db)
    const path = `/v1/buoy/${stranger.iam}/upgrade`
    await expect(askJson(harbour.port, path, { cmd: 'metadata', job_id: jobId })).rejects.toThrow('status 404')
    await expect(
      askJson(harbour.port, `/v1/handset/${stranger.iam}/upgrade`, { cmd: 'status', job_id: jobId }),
    ).rejects.toThrow('status 404')
    expect(await askJson(harbour.port, path, { cmd: 'check', space: 1 })).toEqual({ job_id: 0, status: 10 })
    expect(await askJson(harbour.port, '/v1/buoy/nobody/upgrade', { cmd: 'check' })).toEqual({ job_id: 0, status: 10 })
    await askJson(harbour.port, path, { cmd: 'complete', job_id: jobId, status: true })
    expect((await job(jobId)).state).toBe('prepared')
  })

  it.each(['../../../etc/passwd', './../boot.py', '/boot.py', 'boot.py', './core', './core/net/../wifi.py', ''])(
    'serves no bytes for the path %j',
    async (path) => {
      const { device, jobId } = await prepare()
      const url = `/v1/buoy/${device.iam}/upgrade`
      await askJson(harbour.port, url, { cmd: 'check' })
      const body = JSON.stringify({ cmd: 'get_file', job_id: jobId, file_path: path })
      const answer = await exchange(harbour.port, deviceRequest(url, body))
      expect([answer.head.split('\r\n')[0], answer.body.length]).toEqual(['HTTP/1.0 404 Not Found', 0])
    },
  )

  it('notifies the workflow of two steps during an upgrade', async () => {
    const { device, jobId } = await prepare()
    const flash = createFlash()
    await runUpdater(flash, { port: harbour.port, iam: device.iam })
    expect(harbour.changed.filter((id) => id === jobId)).toHaveLength(2)
  })
})
