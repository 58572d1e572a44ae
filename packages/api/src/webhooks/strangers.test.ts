import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { deliver, formBody, SECRET, startTestApi, type TestApi } from '../../test/test-api.ts'
import { createStrangers } from './strangers.ts'

/** Deliveries of one address without a right secret that are waited for at once. */
const PLACES = 20

describe('deliveries without a valid secret', () => {
  let api: TestApi
  const sockets: Socket[] = []
  beforeAll(async () => {
    api = await startTestApi('sqlite', { config: { timeouts: { acceptTimeoutMs: 30_000, headersTimeoutMs: 200 } } })
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })
  afterAll(() => api.close())

  /** Sends what is given and no more. Answers the status, once there is one. */
  async function send(text: string): Promise<{ readonly status: Promise<number | null> }> {
    const socket = connect(api.port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(text)
    let received = ''
    const status = new Promise<number | null>((resolve) => {
      const read = (): void => {
        const match = /^HTTP\/1\.1 (\d+)/.exec(received)
        if (match !== null) resolve(Number(match[1]))
      }
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1')
        read()
      })
      socket.on('close', () => resolve(null))
    })
    return { status }
  }
  const head = (path: string, length: number): string =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${String(length)}\r\n\r\n`

  it('are refused from their head alone when the body is too short for a token', async () => {
    const { status } = await send(head('/rockblock/incoming/wrong', 399))
    expect(await status).toBe(401)
  })

  it('wait for their body in a limited number of places, never blocking a valid secret', async () => {
    const stalled = []
    for (let nth = 0; nth < PLACES; nth += 1) stalled.push(await send(`${head('/rockblock/incoming/wrong', 5000)}{`))
    const asked = async () => (await (await send(`${head('/rockblock/incoming', 5000)}{`)).status) ?? 0
    // Those before are accepted in any order: the first refusal shows that all have their places.
    let refused = await asked()
    for (const end = Date.now() + 10_000; refused !== 503 && Date.now() < end;) refused = await asked()
    expect(refused).toBe(503)
    expect(await deliver(api.url, formBody())).toMatchObject({ status: 200 })
    for (const socket of sockets.splice(0)) socket.destroy()
    let status = 503
    const long = formBody({ note: 'x'.repeat(400) })
    for (const end = Date.now() + 10_000; status === 503 && Date.now() < end;) {
      status = (await deliver(api.url, long, undefined, '/rockblock/incoming/wrong')).status
    }
    expect(status).toBe(401)
  })

  it('are cut off soon after the time-out while their head is incomplete', async () => {
    const began = performance.now()
    const { status } = await send(`POST /rockblock/incoming/${SECRET} HTTP/1.1\r\nHost: x\r\n`)
    expect([null, 408]).toContain(await status)
    expect(performance.now() - began).toBeLessThan(15_000)
  })
})

it('createStrangers() blocks only the address refused too often, until the minute is over', () => {
  let now = 0
  const strangers = createStrangers(10, 10, { maxRefused: 2, nowMs: () => now })
  const [one, other] = ['203.0.113.1', '203.0.113.2']
  for (let time = 0; time < 2; time += 1) {
    strangers.check(one)
    strangers.refused(one)
  }
  now = 20_000
  expect(() => strangers.check(one)).toThrow('Too many refused deliveries. Try again in 40 s.')
  expect(() => strangers.check(other)).not.toThrow()
  now = 60_000
  expect(() => strangers.check(one)).not.toThrow()
})
