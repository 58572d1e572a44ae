import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { startReceiver, until } from '../../test/receiver.ts'
import { BUOY, bytes, startTestSimulator, type TestSimulator, webhookBody } from '../../test/test-simulator.ts'
import { createSimulator } from '../simulator.ts'

// Real HTTP on a machine that may be busy with other tests.
jest.setTimeout(20_000)

let folder: string
const open: TestSimulator[] = []

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sea-'))
})

afterEach(async () => {
  for (const sea of open.splice(0)) await sea.close()
  rmSync(folder, { recursive: true })
})

async function start(dataFolder: string): Promise<TestSimulator> {
  const sea = await startTestSimulator({ dataFolder })
  open.push(sea)
  return sea
}

/** The folder as a kill at this instant leaves it, opened by a new simulator. */
async function restartFromDisk(from: string): Promise<TestSimulator> {
  const copy = path.join(folder, 'after-the-crash')
  cpSync(from, copy, { recursive: true })
  return start(copy)
}

describe('after a crash', () => {
  it('every MT answered with OK is still there, and no id is used again', async () => {
    const data = path.join(folder, 'data')
    const sea = await start(data)
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    await sea.client().sendMt({ imei: BUOY, data: bytes('one') })
    await sea.client().sendMt({ imei: BUOY, data: bytes('two') })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'x' })
    const again = await restartFromDisk(data)
    expect(await again.mts()).toEqual(await sea.mts())
    await again.client().sendMt({ imei: BUOY, data: bytes('three') })
    const shown = await again.mts()
    expect(shown.map(({ text, state }) => [text, state])).toEqual([
      ['one', 'delivered'],
      ['two', 'queued'],
      ['three', 'queued'],
    ])
    expect(new Set(shown.map(({ id }) => id)).size).toBe(3)
  })

  it('MOMSNs continue, and the modem is still on the account', async () => {
    const data = path.join(folder, 'data')
    const sea = await start(data)
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, webhook: 'json' })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'x', momsn: 41 })
    const again = await restartFromDisk(data)
    expect(await again.call('POST', `/sim/devices/${BUOY}/send`, { text: 'y' })).toMatchObject({ body: { momsn: 42 } })
  })

  it('an owed webhook is delivered at once', async () => {
    const data = path.join(folder, 'data')
    const sea = await start(data)
    sea.receiver.answer = () => 503
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, webhook: 'json' })
    await sea.call('POST', `/sim/devices/${BUOY}/send`, { text: 'owed' })
    await until(() => sea.simulator.webhooks.counts.failedAttempts === 1, 'the failed attempt')
    const again = await restartFromDisk(data)
    const [arrived] = await again.receiver.waitFor(1)
    expect(arrived === undefined ? null : webhookBody(arrived)).toMatchObject({ momsn: 0, text: 'owed' })
    await until(() => again.simulator.world.state.webhooks.size === 0, 'the end of the webhook')
  })

  it('a buoy keeps its interval, and simulated time does not go back', async () => {
    const data = path.join(folder, 'data')
    const sea = await start(data)
    await sea.call('POST', '/sim/clock', { speed: 3000 })
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY, autonomous: true, generation: 'v3' })
    await sea.client().sendMt({ imei: BUOY, data: bytes('+DATA:PK006,30;') })
    const inForce = async (): Promise<boolean> => {
      const { body } = await sea.call<{ intervalMinutes: number; phase: string }>('GET', `/sim/devices/${BUOY}`)
      return body.intervalMinutes === 30 && body.phase === 'asleep'
    }
    await until(inForce, 'interval 30')
    await sea.call('POST', '/sim/clock', { speed: 0.001 })
    const time = (await sea.call<{ time: string }>('GET', '/sim/clock')).body.time
    const again = await restartFromDisk(data)
    expect((await again.call('GET', `/sim/devices/${BUOY}`)).body).toMatchObject({ intervalMinutes: 30 })
    // Simulated time ran ahead and does not jump back.
    const later = (await again.call<{ time: string }>('GET', '/sim/clock')).body.time
    expect(Date.parse(later)).toBeGreaterThanOrEqual(Date.parse(time))
  })

  it('a second simulator on a taken port does not touch the folder', async () => {
    const data = path.join(folder, 'data')
    const sea = await start(data)
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    const receiver = await startReceiver()
    const second = createSimulator({
      port: sea.simulator.port,
      dataFolder: data,
      webhookUrl: receiver.url,
      demoFleet: 3,
    })
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await receiver.close()
    await sea.client().sendMt({ imei: BUOY, data: bytes('still written') })
    const again = await restartFromDisk(data)
    expect(await again.mts()).toMatchObject([{ text: 'still written' }])
  })

  it('a second simulator on the same folder is refused and does not touch it', async () => {
    const data = path.join(folder, 'data')
    const sea = await start(data)
    await sea.call('POST', '/sim/devices', { kind: 'buoy', imei: BUOY })
    const second = createSimulator({ dataFolder: data, webhookUrl: sea.receiver.url, demoFleet: 3 })
    await expect(second).rejects.toMatchObject({ name: 'FolderInUse' })
    await sea.client().sendMt({ imei: BUOY, data: bytes('still written') })
    const again = await restartFromDisk(data)
    expect(await again.mts()).toMatchObject([{ text: 'still written' }])
  })
})
