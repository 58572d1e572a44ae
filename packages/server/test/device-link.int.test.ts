import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SILENT_LOG } from '@paikea/domain'
import { createToken, systemCaller } from '@paikea/operations'
import { loadConfig, runServer, type RunningServer } from '../src/mod.ts'

/** A WebSocket on a bare socket, as far as this test needs one: short texts. */
interface Line {
  readonly socket: Socket
  text(): string
  say(text: string): void
}

async function open(port: number, path: string, headers: readonly string[] = []): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1' })
  let held = ''
  socket.on('data', (piece: Buffer) => (held += piece.toString('latin1')))
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${String(port)}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...headers,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return {
    socket,
    text: () => held,
    say(text) {
      const payload = Buffer.from(text)
      const size =
        payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255]
      // A mask of zeros leaves the text as it is.
      socket.write(Buffer.concat([Buffer.from([0x81, ...size, 0, 0, 0, 0]), payload]))
    },
  }
}

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + 20_000
  while (!(await look())) {
    if (Date.now() > limit) throw new Error(`not in time: ${String(look)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('the device link of a running server', () => {
  let folder: string
  let server: RunningServer
  let token: string
  const api = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(server.port)}${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-link-'))
    const config = loadConfig({
      PAIKEA_DATA: folder,
      PAIKEA_PORT: '0',
      PAIKEA_DEVICE_PORT: '0',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    })
    server = await runServer(config, { role: 'all', log: SILENT_LOG })
    const context = { db: server.db, caller: systemCaller('test') }
    token = (await createToken(context, { name: 'test', role: 'admin', isSystemAdmin: true })).token
    expect((await api('/v1/devices', { method: 'POST', body: '{"kind":"buoy","iam":"PK001"}' })).status).toBe(201)
  })
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('connects a device with a page, publishes its presence, records the session and closes it', async () => {
    const events = await fetch(`http://127.0.0.1:${String(server.port)}/v1/events`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    let told = ''
    void (async () => {
      for await (const piece of events.body ?? []) told += Buffer.from(piece).toString()
    })().catch(() => undefined)
    const device = await open(server.devicePort ?? 0, '/PK001')
    await until(() => device.text().startsWith('HTTP/1.1 101 '))
    const page = await open(server.port ?? 0, '/v1/devices/PK001/live', [`Authorization: Bearer ${token}`])
    await until(() => page.text().includes('"device":"online"'))
    device.say('{"batt/main_v":"4.1"}')
    await until(() => page.text().includes('"data":{"batt/main_v":"4.1"}'))
    page.say('{"type":"command","command":["CMD","hal",[]]}')
    await until(() => device.text().endsWith('["CMD","hal",[]]'))
    await until(() => told.includes('event: presence') && told.includes('"iam":"PK001"'))

    const gone = new Promise<void>((resolve) => device.socket.once('close', () => resolve()))
    device.socket.end()
    await gone
    await until(() => page.text().includes('"device":"offline"'))
    let session: { id: number; closedAt: string | null } | undefined
    await until(async () => {
      const list = (await (await api('/v1/devices/PK001/live/sessions')).json()) as { items: (typeof session)[] }
      session = list.items[0]
      return session?.closedAt != null
    })
    const record = await (await api(`/v1/devices/PK001/live/sessions/${String(session?.id)}`)).json()
    expect(record).toMatchObject({
      items: [
        { type: 'frame', data: { 'batt/main_v': '4.1' } },
        { type: 'sent', command: ['CMD', 'hal', []] },
      ],
      nextCursor: null,
    })
    page.socket.destroy()
  })
})
