import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findDeviceNames, listInbound, listRoutes, listUndispatchedInbound } from '@paikea/database'
import { databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'
import { openMiniature, type OriginalInMiniature, position } from './support/original-database.ts'

const main = join(import.meta.dirname, '../dist/main.js')
const all = { all: true } as const

describe.each(databaseKinds())('paikea import-original from and to %s', (kind) => {
  let original: OriginalInMiniature
  let db: TestDatabase

  beforeAll(async () => {
    original = await openMiniature(kind)
    db = await openTestDatabase(kind)
    const { insert } = original
    await insert('rock_block_modem', { id: 11, imei: '300434060700000', serial: '14000', device_type: 'buoy' })
    await insert('rock_block_modem', { id: 12, imei: '300434060709000', serial: '19000', device_type: '' })
    await insert('rock_block_modem', { id: 13, imei: 'not a modem', serial: null, device_type: null })
    await insert('buoy', { id: 1, iam: 'PK101', rb_id: 11 })
    await insert('buoy', { id: 2, iam: 'PK104', rb_id: null, logical_del: 1 })
    await insert('handset', { id: 1, iam: 'HS201', rb_id: 12 })
    await insert('rock_star', { id: 5, imei: '300534060757450', device_type: 'LEOPARD3', serial: '25007' })
    const push = {
      imei: '300534060757450',
      device_type: 'LEOPARD3',
      serial: 25007,
      momsn: 30,
      battery: 88,
      power: 0,
      sog: 0.1,
    }
    const sent = { transmit_time: '2022-06-01T21:06:00Z', txAt: '2022-06-01T21:06:00Z', trigger: 'ROUTINE' }
    await insert('rock_core_push_api', { id: 'id7x0', ...push, ...sent, source: 'GPS', lat: -0.5, lon: -122.3 })
    await insert('rock_block_message', { id: 1, ...position(1, 0, 37) })
    await insert('rock_block_message', { id: 2, ...position(2, 10, 37), transmit_time: '22-06-01+00:10:30' })
    // Delivered again, and once more in the other spelling of the blank.
    await insert('rock_block_message', { id: 3, ...position(2, 10, 37) })
    await insert('rock_block_message', { id: 4, ...position(3, 20, 37), data: '504b3' })
    await insert('rock_block_message', { id: 5, ...position(4, 30, 37), logical_del: 1 })
    const route = { source_device_type: 'buoy', source_device: 11, msg_type: 'pk001', enabled: 1 }
    await insert('endpoint_route', { id: 1, ...route, endpoint_type: 'handset', endpoint_id: 12 })
    await insert('endpoint_route', { id: 2, ...route, endpoint_type: 'handset', endpoint_id: 12 })
    await insert('endpoint_route', { id: 3, ...route, endpoint_type: 'pigeon', endpoint_id: 1 })
    await insert('endpoint_route', { id: 4, ...route, source_device: 99, endpoint_type: 'handset', endpoint_id: 12 })
    const back = { source_device_type: 'handset', source_device: 12, msg_type: 'command', enabled: 0 }
    await insert('endpoint_route', { id: 5, ...back, endpoint_type: 'buoy', endpoint_id: 11 })
    await insert('device_firmware_upgrade', { id: 1, device_type: 'buoy', device_id: 'PK101', status: 1 })
  })
  afterAll(async () => {
    await db.drop()
    await original.drop()
  })

  const run = async (...flags: string[]): Promise<readonly string[]> => {
    const env = { PATH: process.env['PATH'], PAIKEA_DB_URI: db.uri }
    const words = [main, 'import-original', '--from', original.uri, ...flags]
    const { stdout } = await promisify(execFile)(process.execPath, words, { env })
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trim())
  }
  const named = async (rows: Awaited<ReturnType<typeof messages>>) => {
    const names = await findDeviceNames(db, { deviceIds: rows.flatMap(({ deviceId }) => deviceId ?? []) })
    return rows.map((row) => ({ ...row, iam: row.deviceId === null ? null : names.get(row.deviceId)?.iam }))
  }
  const messages = () => listInbound(db, { scope: all, filter: {}, limit: 100, afterId: null })

  it('reports in a dry run what it would import, and changes nothing', async () => {
    const lines = await run('--dry-run')
    const [heading, devices, routes, read] = lines
    expect(heading).toContain('Nothing was changed')
    expect([devices, routes]).toEqual([
      'devices    3 created, 0 already existed',
      'routes     3 created, 1 already existed',
    ])
    expect(read).toBe('messages   5 read: 4 stored, 1 counted as copies')
    expect(lines.at(-1)).toBe('There are no conflicts.')
    expect(await messages()).toEqual([])
  })

  it('imports devices, messages and routes, and reports what it leaves out and why', async () => {
    expect((await run()).slice(3)).toEqual([
      'of those stored, 1 cannot be decoded and are quarantined (not-hex 1)',
      'not imported: 7',
      'modem 13: its IMEI is not 15 digits',
      'buoy PK104: deleted in the original; what its modem sent is stored under the modem',
      'message 5: deleted in the original',
      'route 3 (buoy to pigeon, pk001): there is no kind of target "pigeon"',
      'route 4 (buoy to handset, pk001): its source, modem 99, is in no device',
      'table device_command_message: is not there',
      '1 rows of device_firmware_upgrade: upgrades of the original have no release here; start them again',
    ])
    const rows = await named(await messages())
    expect(rows.map(({ iam, momsn, state, copies }) => [iam, momsn, state, copies])).toEqual(
      expect.arrayContaining([
        ['PK101', 1, 'processed', 0],
        ['PK101', 2, 'processed', 1],
        ['PK101', 3, 'quarantined', 0],
        ['RS001', 30, 'processed', 0],
      ]),
    )
    const second = rows.find(({ momsn }) => momsn === 2)
    expect(second).toMatchObject({ decoded: { fixAt: '2022-06-01T00:10:00.000Z', batteryVolts: 4.7 } })
    expect(second?.receivedAt.toISOString()).toBe('2022-06-01T00:10:30.000Z')
    expect(rows.find(({ iam }) => iam === 'RS001')).toMatchObject({
      packetType: 'TRACKER',
      decoded: { latitudeDegrees: -0.5 },
    })
    const routes = await listRoutes(db, { scope: all, limit: 10, afterId: null })
    expect(
      routes.map(({ sourceIam, messageType, enabled, endpoint }) => [sourceIam, messageType, enabled, endpoint.config]),
    ).toEqual([
      ['HS201', 'PK006', false, { imei: '300434060700000' }],
      ['HS201', 'PK005', false, { imei: '300434060700000' }],
      ['PK101', 'PK001', true, { imei: '300434060709000' }],
    ])
  })

  it('leaves nothing to dispatch, even when a later fix confirms a doubted one', async () => {
    await original.insert('rock_block_message', { id: 6, ...position(5, 40, 57) })
    await run()
    await original.insert('rock_block_message', { id: 7, ...position(6, 50, 57) })
    await run()
    const settledBefore = new Date(Date.now() + 3_600_000)
    const waiting = await listUndispatchedInbound(db, { limit: 10, settledBefore, startedBefore: null })
    expect(waiting).toEqual([])
    expect(await db.models.OutboundMessage.count()).toBe(0)
  })

  it('changes nothing when it is run again', async () => {
    const before = await messages()
    expect((await run()).slice(0, 3)).toEqual([
      'devices    0 created, 3 already existed',
      'routes     0 created, 4 already existed',
      'messages   1 read: 0 stored, 1 counted as copies',
    ])
    expect(await messages()).toEqual(before)
  })

  it('reports conflicts with existing devices in a dry run', async () => {
    await original.insert('buoy', { id: 9, iam: 'HS201', rb_id: 11 })
    expect((await run('--dry-run')).slice(-3)).toEqual([
      'Conflicts, left as they are here: 2',
      'buoy HS201: here it is a handset',
      'buoy HS201: its modem 300434060700000 is in PK101 here',
    ])
  })
})

it('paikea import-original refuses a wrong --from address in one line', async () => {
  const run = promisify(execFile)(
    process.execPath,
    [main, 'import-original', '--dry-run', '--from', 'sqlite:////nowhere.db'],
    {
      env: { PATH: process.env['PATH'] },
    },
  )
  await expect(run).rejects.toMatchObject({ code: 78, stderr: '--from: there is no file /nowhere.db\n' })
})
