import { BUOY, startTestSimulator, type TestSimulator } from '../../test/test-simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

let sea: TestSimulator

beforeEach(async () => {
  sea = await startTestSimulator()
})

afterEach(() => sea.close())

describe('bad requests', () => {
  it.each([
    ['an IMEI of 14 digits', 'POST', '/sim/devices', { kind: 'buoy', imei: '12345678901234' }, 422, 'invalid-request'],
    ['an unknown field', 'POST', '/sim/devices', { kind: 'buoy', imei: BUOY, colour: 'red' }, 422, 'invalid-request'],
    ['an unknown fault', 'POST', '/sim/faults', { mt: 'sunspots' }, 422, 'invalid-request'],
    ['a speed of 0', 'POST', '/sim/clock', { speed: 0 }, 422, 'invalid-request'],
    ['an unknown device', 'POST', `/sim/devices/${BUOY}/send`, { text: 'x' }, 404, 'device-not-found'],
    ['an unknown address', 'GET', '/nowhere', undefined, 404, 'not-found'],
  ])('%s', async (_, method, path, body, status, code) => {
    const answer = await sea.call(method, path, body)
    expect(answer).toMatchObject({ status, body: { status, code, type: `urn:paikea:simulator:${code}` } })
  })

  it.each([
    ['no JSON type', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['broken JSON', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['70 kB', { method: 'POST', body: 'x'.repeat(70_000), headers: { 'content-type': 'application/json' } }, 413],
  ])('%s', async (_, init, status) => {
    const response = await fetch(`${sea.url}/sim/devices`, init)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  it('power for a device that is not autonomous', async () => {
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    const answer = await sea.call('POST', `/sim/devices/${BUOY}/power`, { power: 'cycle' })
    expect(answer).toMatchObject({ status: 409, body: { code: 'not-autonomous' } })
  })

  it('a serial number that another device has; a default serial number skips it', async () => {
    const add = (imei: string, serial?: number) =>
      sea.call<{ serial: number }>('POST', '/sim/devices', {
        kind: 'buoy',
        imei,
        ...(serial === undefined ? {} : { serial }),
      })
    const first = await add(BUOY)
    const { serial } = first.body
    expect(await add('300434061000102', serial)).toMatchObject({ status: 409, body: { code: 'serial-taken' } })
    // The same last five digits: the one that is made of them is taken.
    expect((await add('300434062000101')).body.serial).toBe(serial + 1)
    expect(await add(BUOY, serial)).toMatchObject({ status: 200, body: { serial } })
  })

  it('names each wrong field', async () => {
    const answer = await sea.call<{ errors: { field: string }[] }>('POST', '/sim/devices', { kind: 'boat', imei: '1' })
    expect(answer.body.errors.map(({ field }) => field)).toEqual(['kind', 'imei'])
  })

  it.each([
    ['an unknown fault of the sending services', { mt: 'sunspots' }, /^mt: .*"timeout".*"garbage"/],
    ['an unknown fault of the webhooks', { webhook: 'sunspots' }, /^webhook: .*"duplicate".*"reorder"/],
    ['a wrong count of a known fault', { mt: 'timeout', count: 0 }, /^count: /],
    ['no fault', {}, /^body: expected mt \(timeout, .*\) or webhook \(duplicate, delay, reorder\)$/],
    ['no object', [], /^body: expected mt/],
  ])('reports what is allowed for %s', async (_, order, detail) => {
    const { status, body } = await sea.call<{ detail: string }>('POST', '/sim/faults', order)
    expect(status).toBe(422)
    expect(body.detail).toMatch(detail)
  })
})
