import { IMEI } from '../../test/clients.ts'
import { describe, equal, includes, it, rejects } from '../../test/harness.ts'
import { createFakeService, type FakeServiceOptions } from './mod.ts'

const login = { username: 'user', password: 'password' }

async function mt(form: Readonly<Record<string, string>>, options: FakeServiceOptions = {}): Promise<string> {
  const service = createFakeService(options)
  const response = await service.fetch('https://rockblock.rock7.com/rockblock/MT', {
    method: 'POST',
    body: new URLSearchParams({ ...login, imei: IMEI, data: '48', ...form }),
  })
  equal(response.status, 200)
  return (await response.text()).split(',').slice(0, 2).join(',')
}

describe('createFakeService()', () => {
  it('answers MT with each documented code for its own cause', async () => {
    equal(await mt({}), 'OK,1')
    equal(await mt({ password: 'x' }), 'FAILED,10')
    equal(await mt({ imei: '000000000000000' }), 'FAILED,11')
    equal(await mt({}, { imeis: [] }), 'FAILED,11')
    equal(await mt({}, { withoutLineRental: [IMEI] }), 'FAILED,12')
    equal(await mt({}, { credits: 0 }), 'FAILED,13')
    equal(await mt({ data: 'xyz' }), 'FAILED,14')
    equal(await mt({ data: '00'.repeat(271) }), 'FAILED,15')
    equal(await mt({ data: '' }), 'FAILED,16')
  })

  it('checks the login first, then the data, then the IMEI, as the vendor does', async () => {
    equal(await mt({ imei: '000000000000000', data: '' }), 'FAILED,16')
    equal(await mt({ imei: '000000000000000', data: '', password: 'x' }), 'FAILED,10')
  })

  it('charges one credit per 50 bytes started', async () => {
    const service = createFakeService({ credits: 3 })
    const send = async (bytes: number): Promise<string> => {
      const body = new URLSearchParams({ ...login, imei: IMEI, data: '00'.repeat(bytes) })
      return (await service.fetch('http://x/rockblock/MT', { method: 'POST', body })).text()
    }
    equal(
      [await send(51), await send(51), await send(50)].map((text) => text.split(',')[0]),
      ['OK', 'FAILED', 'OK'],
    )
  })

  it('hands a modem its messages in order', async () => {
    const service = createFakeService()
    for (const data of ['01', '02']) {
      const body = new URLSearchParams({ ...login, imei: IMEI, data })
      await service.fetch('http://x/rockblock/MT', { method: 'POST', body })
    }
    equal(
      [1, 2, 3].map(() => service.takeNext(IMEI)?.data[0] ?? null),
      [1, 2, null],
    )
    equal(service.sent.length, 2)
  })

  it('waits for onSent before answering, and does not count the message as sent if it rejects', async () => {
    const order: string[] = []
    const service = createFakeService({ onSent: async ({ kind }) => void order.push(await Promise.resolve(kind)) })
    const body = new URLSearchParams({ ...login, imei: IMEI, data: '01' })
    await service.fetch('http://x/rockblock/MT', { method: 'POST', body })
    equal(order, ['mt'])
    const broken = createFakeService({ onSent: () => Promise.reject(new RangeError('journal')) })
    await rejects(broken.fetch('http://x/rockblock/MT', { method: 'POST', body }), { name: 'RangeError' })
    equal(broken.sent, [])
  })

  it('ends a fault after its count, or when it is cleared', async () => {
    const service = createFakeService()
    const send = async (): Promise<number> => {
      const body = new URLSearchParams({ ...login, imei: IMEI, data: '01' })
      return (await service.fetch('http://x/rockblock/MT', { method: 'POST', body })).status
    }
    service.setFault('server-error', { count: 2 })
    equal([await send(), await send(), await send()], [500, 500, 200])
    service.setFault('server-error')
    service.setFault(null)
    equal(await send(), 200)
  })

  it('rejects handle() when a fault leaves no answer', async () => {
    const service = createFakeService()
    const request = (): Request =>
      new Request('http://x/rockblock/MT', { method: 'POST', body: new URLSearchParams(login) })
    service.setFault('reset')
    await rejects(service.handle(request()), { name: 'ConnectionFault' })
    service.setFault('refused')
    await rejects(service.handle(request()), { name: 'ConnectionFault' })
    equal(service.requestCount, 1)
  })

  it('answers 404 to any other method or path, and sends nothing', async () => {
    const service = createFakeService()
    for (const [method, path] of [
      ['GET', '/rockblock/MT'],
      ['POST', '/'],
      ['POST', '/API2/SendMessage/x'],
      ['POST', '/Data/Other'],
    ]) {
      const body = method === 'GET' ? {} : { body: new URLSearchParams({ token: 'token' }) }
      equal((await service.fetch(`http://x${path}`, { method: method ?? '', ...body })).status, 404)
    }
    includes(service, { sent: [], sentTexts: [], sentCloudloop: [] })
  })
})
