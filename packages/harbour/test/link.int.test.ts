import { openTestDatabase, type TestDatabase, buildDevice, buildGroup } from '@paikea/database/testing'
import { listLinkChunks, listLinkSessions, setDeviceLinkKey, type Device } from '@paikea/database'
import { createHash } from 'node:crypto'
import { openDevice, openPage, type FakePage } from './support/link-clients.ts'
import { startLink, type LinkProcess } from './support/link-processes.ts'
import { deviceHandshake, openRaw, until } from './support/raw-socket.ts'

let db: TestDatabase
let serial = 0

async function newDevice(): Promise<Device> {
  serial += 1
  return buildDevice(db, { iam: `PK${String(500 + serial)}`, groupId: (await buildGroup(db)).id })
}

beforeAll(async () => {
  db = await openTestDatabase('sqlite')
})
afterAll(() => db.drop())

describe.each(['node', 'deno'] as const)('the live link under %s', (runtime) => {
  let link: LinkProcess
  beforeAll(async () => {
    link = await startLink(runtime, { uri: db.uri, updaterAgeMs: 0 })
  })
  afterAll(() => link.stop())

  const page = (device: Device, user: string, role: string): Promise<FakePage> =>
    openPage(link.pagePort, { id: device.id, iam: device.iam, user, role })

  it('answers the handshake as the device expects, and sends whole, unmasked frames', async () => {
    const row = await newDevice()
    const device = await openDevice(link.devicePort, row.iam)
    expect(device.head).toMatch(/^HTTP\/1\.1 101 /u)
    expect(device.head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    const anna = await page(row, 'anna', 'technician')
    await anna.hears('presence', ({ device: state }) => state === 'online')
    anna.tell({ type: 'command', command: ['CMD', 'hal', []] })
    await until(() => device.got().includes('["CMD","hal",[]]'))
    for (const frame of device.frames) expect(frame).toMatchObject({ isFinal: true, opcode: 1, isMasked: false })
    device.close()
    await anna.hears('presence', ({ device: state }) => state === 'offline')
    anna.close()
  })

  it('refuses unknown devices and invalid handshakes with an HTTP status and a FIN', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [deviceHandshake('/PK999', 'x:7777'), /^HTTP\/1\.1 404 /u],
      [deviceHandshake('/../etc', 'x:7777'), /^HTTP\/1\.1 404 /u],
      ['GET /PK001 HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 426 /u],
      ['POST /PK001 HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /u],
      ['junk\r\n\r\n', /^HTTP\/1\.1 400 /u],
      ['GET /PK001 HTTP/1.1\r\n', /^HTTP\/1\.1 408 /u],
    ]
    for (const [request, status] of cases) {
      const raw = await openRaw(link.devicePort, request)
      await until(() => raw.end() !== 'open')
      expect([request.slice(0, 30), raw.end(), status.test(raw.head)]).toEqual([request.slice(0, 30), 'fin', true])
      raw.close()
    }
  })

  it('replaces an old connection with a new one at once, closing it with close frame, FIN and end', async () => {
    const row = await newDevice()
    const first = await openDevice(link.devicePort, row.iam)
    const watching = await page(row, 'anna', 'viewer')
    await watching.hears('presence', ({ device }) => device === 'online')
    const second = await openDevice(link.devicePort, row.iam)
    await until(() => first.end() !== 'open')
    expect(first.frames.at(-1)).toMatchObject({ opcode: 8, isFinal: true })
    expect(first.end()).toBe('fin')
    second.say('{"info":"second"}')
    await watching.hears('frame', ({ data }) => JSON.stringify(data) === '{"info":"second"}')
    expect(watching.presence()).toMatchObject({ device: 'online' })
    // It does not close its end: the server ends the connection itself.
    await until(() => first.socket.writableEnded || first.socket.destroyed || !isStillThere(first.socket))
    for (const each of [first, second, watching]) each.close()
  })

  it('passes JSON on as data and anything else as text, at any length', async () => {
    const row = await newDevice()
    const device = await openDevice(link.devicePort, row.iam)
    const anna = await page(row, 'anna', 'viewer')
    await anna.hears('presence', ({ device: state }) => state === 'online')
    const long = 'x'.repeat(70_000)
    device.say('')
    device.say('{"wifi/net/ap": "a "quoted" name"}')
    device.say(`{ "info": "${long}" }`)
    device.frame(2, Buffer.from('{"gps/running":"True"}'))
    device.frame(1, Buffer.from([0x7b, 0xff, 0x7d]))
    expect(await anna.hears('frame', ({ text }) => text === '{"wifi/net/ap": "a "quoted" name"}')).toBeDefined()
    expect(await anna.hears('frame', ({ data }) => JSON.stringify(data) === `{"info":"${long}"}`)).toBeDefined()
    expect(await anna.hears('frame', ({ data }) => JSON.stringify(data) === '{"gps/running":"True"}')).toBeDefined()
    expect(await anna.hears('frame', ({ text }) => text === '{\u00ff}')).toBeDefined()
    device.close()
    anna.close()
  })

  it('lets one page operate, others ask, and operators take over', async () => {
    const row = await newDevice()
    const device = await openDevice(link.devicePort, row.iam)
    const anna = await page(row, 'anna', 'technician')
    const ben = await page(row, 'ben', 'technician')
    const cleo = await page(row, 'cleo', 'operator')
    const dan = await page(row, 'dan', 'viewer')
    await until(() => (dan.presence()?.['pages'] as readonly unknown[] | undefined)?.length === 4)
    dan.tell({ type: 'command', id: 1, command: ['CMD', 'hal', []] })
    expect(await dan.hears('refused')).toMatchObject({ code: 'forbidden', id: 1 })
    anna.tell({ type: 'command', command: ['CMD', 'hal', []] })
    const sent = await ben.hears('sent')
    expect(sent).toMatchObject({ command: ['CMD', 'hal', []], page: anna.presence()?.['controller'] })
    ben.tell({ type: 'command', id: 'b', command: ['CMD', 'hal', []] })
    expect(await ben.hears('refused', ({ id }) => id === 'b')).toMatchObject({ code: 'not-controller' })
    ben.tell({ type: 'take-controls' })
    expect(await anna.hears('controls-asked')).toMatchObject({ user: 'ben' })
    ben.tell({ type: 'take-controls', force: true })
    expect(await ben.hears('refused', ({ code }) => code === 'forbidden')).toBeDefined()
    cleo.tell({ type: 'take-controls', force: true })
    await until(() => cleo.presence()?.['controller'] !== anna.presence()?.['you'] && isMine(cleo))
    cleo.tell({ type: 'release-controls' })
    // Whoever asked first is next.
    await until(() => isMine(ben))
    ben.close()
    await until(() => dan.presence()?.['controller'] === null)
    expect(device.got().filter((text) => text.includes('hal'))).toHaveLength(1)
    for (const each of [device, anna, cleo, dan]) each.close()
  })

  it('masks Wi-Fi passwords for pages, in the record, in the log and in the echo', async () => {
    const row = await newDevice()
    const secret = 'p\u00e4ss\'wo"rd 7'
    const device = await openDevice(link.devicePort, row.iam, (text) =>
      text.includes('new_sta') ? `{"error": ${text}}` : null,
    )
    const anna = await page(row, 'anna', 'technician')
    const ben = await page(row, 'ben', 'viewer')
    await anna.hears('presence', ({ device: state }) => state === 'online')
    anna.tell({ type: 'command', command: ['CMD', 'test_new_sta', ['Harbour', secret]] })
    await until(() => device.got().includes(JSON.stringify(['CMD', 'test_new_sta', ['Harbour', secret]])))
    device.say(`{"error": "bad ssid Harbour ${secret}"}`)
    device.say('{"info":"end"}')
    await ben.hears('frame', ({ data }) => JSON.stringify(data) === '{"info":"end"}')
    anna.tell({ type: 'command', command: ['CMD', 'store_new_sta', [secret]] })
    await anna.hears('refused', ({ code }) => code === 'bad-arguments')
    device.close()
    await until(
      async () => (await listLinkSessions(db, { deviceId: row.id, limit: 1, beforeId: null }))[0]?.closedAt ?? false,
    )
    const [session] = await listLinkSessions(db, { deviceId: row.id, limit: 1, beforeId: null })
    const chunks = await listLinkChunks(db, { sessionId: session?.id ?? 0, afterId: 0, limit: 10 })
    const record = chunks.map(({ text }) => text).join('\n')
    expect(record).toContain('"command":["CMD","test_new_sta",["Harbour","********"]]')
    for (const seen of [record, link.output(), ...[anna, ben].flatMap((each) => each.frames.map(({ text }) => text))]) {
      expect(seen).not.toMatch(/wo\\*"rd|p(?:\u00e4|\\u00e4)ss/u)
    }
    anna.close()
    ben.close()
  })

  it('restarts an online, free device into its updater: switch_app, its answer, then reset', async () => {
    const row = await newDevice()
    expect(await link.ask(`/updater?iam=${row.iam}`)).toBe('offline')
    const device = await openDevice(link.devicePort, row.iam, (text) =>
      text.includes('switch_app') ? '{"info": "Switching to app updatepy"}' : null,
    )
    const anna = await page(row, 'anna', 'technician')
    await anna.hears('presence', ({ device: state }) => state === 'online')
    anna.tell({ type: 'take-controls' })
    await until(() => isMine(anna))
    expect(await link.ask(`/updater?iam=${row.iam}`)).toBe('controls-held')
    anna.tell({ type: 'release-controls' })
    await until(() => anna.presence()?.['controller'] === null)
    expect(await link.ask(`/updater?iam=${row.iam}`)).toBe('restarting')
    await until(() => device.got().includes('["CMD","reset",[]]'))
    expect(device.got()).toEqual(['["CMD","switch_app",["updatepy"]]', '["CMD","reset",[]]'])
    device.close()
    anna.close()
  })

  it('requires the link key of a device that has one', async () => {
    const row = await newDevice()
    await setDeviceLinkKey(db, { deviceId: row.id, keyHash: createHash('sha256').update('k1').digest('hex') })
    const without = await openRaw(link.devicePort, deviceHandshake(`/${row.iam}`, 'x'))
    expect(without.head).toMatch(/ 401 /u)
    const within = await openRaw(link.devicePort, deviceHandshake(`/${row.iam}?key=k1`, 'x'))
    expect(within.head).toMatch(/ 101 /u)
    within.close()
  })

  it('disconnects a device that breaks the protocol, and a page that may no longer watch', async () => {
    const row = await newDevice()
    const device = await openDevice(link.devicePort, row.iam)
    const erin = await page(row, 'erin', 'viewer')
    device.frame(3, Buffer.from('?'))
    await until(() => device.end() === 'fin')
    expect(device.frames.at(-1)).toMatchObject({ opcode: 8, text: '1002' })
    await link.ask('/demote?user=erin')
    await until(() => erin.end() === 'fin')
    expect(erin.frames.at(-1)).toMatchObject({ opcode: 8, text: '4401' })
  })

  it('cuts off a page that stops reading, and keeps serving the others', async () => {
    const row = await newDevice()
    const device = await openDevice(link.devicePort, row.iam)
    const slow = await page(row, 'slow', 'viewer')
    const quick = await page(row, 'quick', 'viewer')
    await quick.hears('presence', ({ device: state }) => state === 'online')
    slow.socket.pause()
    const big = `{"info":"${'y'.repeat(200_000)}"}`
    for (let i = 0; i < 60; i += 1) {
      device.say(big)
      await until(() => quick.frames.filter(({ text }) => text.length > 200_000).length > i)
    }
    await until(() => (quick.presence()?.['pages'] as readonly unknown[] | undefined)?.length === 1)
    expect(quick.frames.filter(({ text }) => text.length > 200_000)).toHaveLength(60)
    for (const each of [device, slow, quick]) each.close()
  })
})

/** Whether the other side still holds its end: a write into an ended connection is answered by a reset. */
function isStillThere(socket: { destroyed: boolean; write(text: string): boolean }): boolean {
  if (!socket.destroyed) socket.write('x')
  return !socket.destroyed
}

function isMine(page: FakePage): boolean {
  const presence = page.presence()
  const pages = (presence?.['pages'] ?? []) as readonly { readonly id: string; readonly you?: boolean }[]
  return pages.some(({ id, you }) => you === true && id === presence?.['controller'])
}

describe('the relay between processes', () => {
  it('connects a page to its device in any process, and follows the device when it moves', async () => {
    const row = await newDevice()
    const [one, two] = await Promise.all([
      startLink('node', { uri: db.uri, updaterAgeMs: 0 }),
      startLink('deno', { uri: db.uri, updaterAgeMs: 0 }),
    ])
    try {
      const anna = await openPage(one.pagePort, { id: row.id, iam: row.iam, user: 'anna', role: 'technician' })
      await anna.hears('presence', ({ device }) => device === 'offline')
      const answers = (text: string): string | null =>
        text.includes('switch_app') ? '{"info": "Switching to app updatepy"}' : null
      const first = await openDevice(two.devicePort, row.iam, answers)
      await anna.hears('presence', ({ device }) => device === 'online')
      const ben = await openPage(two.pagePort, { id: row.id, iam: row.iam, user: 'ben', role: 'viewer' })
      anna.tell({ type: 'command', command: ['CMD', 'hal', []] })
      expect(await ben.hears('sent')).toMatchObject({ command: ['CMD', 'hal', []] })
      expect(first.got()).toEqual(['["CMD","hal",[]]'])
      anna.tell({ type: 'release-controls' })
      await until(() => anna.presence()?.['controller'] === null)
      expect(await one.ask(`/updater?iam=${row.iam}`)).toBe('restarting')

      // It comes back at the other process while its old connection still seems to stand.
      const second = await openDevice(one.devicePort, row.iam, answers)
      await until(() => first.end() === 'fin')
      second.say('{"info":"moved"}')
      for (const page of [anna, ben]) {
        await until(() => page.presence()?.['device'] === 'online')
        second.say('{"info":"here"}')
        await page.hears('frame', ({ data }) => JSON.stringify(data) === '{"info":"here"}')
      }
      anna.tell({ type: 'command', command: ['CMD', 'start_gps', []] })
      await until(() => second.got().includes('["CMD","start_gps",[]]'))

      // The process of the device dies: pages of the other see it go, and find it again.
      await one.kill()
      await until(() => ben.presence()?.['device'] === 'offline')
      const third = await openDevice(two.devicePort, row.iam, answers)
      await until(() => ben.presence()?.['device'] === 'online')
      third.close()
    } finally {
      await Promise.all([one.kill(), two.stop()])
    }
  })

  it('refuses a peer that does not know the secret', async () => {
    const process = await startLink('node', { uri: db.uri })
    try {
      const address = /relay\.listening \{"address":"127\.0\.0\.1:(\d+)"/u.exec(process.output())?.[1]
      const raw = await openRaw(Number(address), '{"t":"hello","from":"x","nonce":"y"}\n{"t":"proof","proof":"z"}\n')
      await until(() => raw.end() !== 'open')
      expect(process.output()).toContain('relay.refused')
    } finally {
      await process.stop()
    }
  })
})
