import { request as httpRequest } from 'node:http'
import { buildDevice, buildGroup } from '@paikea/database/testing'
import { startTestApi, type TestApi } from '../../test/test-api.ts'
import type { DeviceLinkPages } from './device-door.ts'

type Opening = Parameters<DeviceLinkPages['openPage']>[0]

const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

describe('WS /v1/devices/{iam}/live', () => {
  let api: TestApi
  let opened: Opening[]
  let groupId: number
  let groupName: string

  beforeAll(async () => {
    opened = []
    api = await startTestApi('sqlite', {
      devicePages: {
        openPage(opening) {
          opened.push(opening)
          opening.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
          opening.onClosed()
        },
      },
    })
    const group = await buildGroup(api.db)
    groupId = group.id
    groupName = group.name
    await buildDevice(api.db, { iam: 'PK001', groupId })
  })
  afterAll(() => api.close())

  /** The status of the answer and, for a refusal, its code. */
  function open(path: string, headers: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const req = httpRequest(`${api.url}${path}`, { headers: { ...HANDSHAKE, ...headers } })
      req.on('upgrade', (_res, socket) => {
        socket.destroy()
        resolve('101')
      })
      req.on('response', (res) => {
        let body = ''
        res.on('data', (piece: Buffer) => (body += piece.toString()))
        res.on('end', () => {
          const problem = JSON.parse(body) as { code: string }
          resolve(`${String(res.statusCode)} ${problem.code}`)
        })
      })
      req.on('error', reject)
      req.end()
    })
  }

  it('admits every role of the device’s group, and passes that role on', async () => {
    for (const role of ['viewer', 'technician', 'operator', 'admin'] as const) {
      const token = await api.tokenOf(groupId, role)
      expect(await open('/v1/devices/PK001/live', { Authorization: `Bearer ${token}` })).toBe('101')
      expect(opened.at(-1)).toMatchObject({ role, device: { iam: 'PK001', groupId } })
      expect(await opened.at(-1)?.renew()).toBe(role)
    }
  })

  it('accepts a cookie only from a page of the same origin', async () => {
    const { cookie } = await api.logIn([{ group: groupName, role: 'technician' }])
    const host = `127.0.0.1:${String(api.port)}`
    expect(await open('/v1/devices/PK001/live', { Cookie: cookie, Origin: `http://${host}` })).toBe('101')
    expect(opened.at(-1)?.user).toMatch(/^person-/u)
    for (const Origin of ['http://evil.example', 'null', `http://${host}.evil.example`]) {
      expect(await open('/v1/devices/PK001/live', { Cookie: cookie, Origin })).toBe('403 forbidden')
    }
  })

  it('answers 401 or 404 to everybody else, and opens no page', async () => {
    const elsewhere = await api.tokenOf((await buildGroup(api.db)).id)
    const bearer = { Authorization: `Bearer ${elsewhere}` }
    const before = opened.length
    expect(await open('/v1/devices/PK001/live', {})).toBe('401 not-logged-in')
    expect(await open('/v1/devices/PK001/live', { Authorization: 'Bearer pk_wrong' })).toBe('401 not-logged-in')
    expect(await open('/v1/devices/PK001/live', bearer)).toBe('404 not-found')
    expect(await open('/v1/devices/PK777/live', bearer)).toBe('404 not-found')
    expect(await open('/v1/fleet', bearer)).toBe('404 not-found')
    expect(opened).toHaveLength(before)
  })
})
