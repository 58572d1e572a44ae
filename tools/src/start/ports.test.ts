import { createServer } from 'node:net'
import { freePort } from '@paikea/firmware/testing'
import type { StartFlags } from './flags.ts'
import { checkPorts } from './ports.ts'

async function flagsWithFreePorts(): Promise<StartFlags> {
  return {
    host: '127.0.0.1',
    simulatorHost: '127.0.0.1',
    temporalHost: '127.0.0.1',
    port: await freePort(),
    devicePort: await freePort(),
    temporalPort: await freePort(),
    temporalUiPort: await freePort(),
    simulatorPort: await freePort(),
    dataFolder: '/',
    hasSimulator: true,
    demoFleet: 0,
  }
}

describe('checkPorts()', () => {
  test('resolves when all ports are free', async () => {
    await expect(checkPorts(await flagsWithFreePorts(), 0)).resolves.toBeUndefined()
  })

  test('names the port that is taken and its flag', async () => {
    const flags = await flagsWithFreePorts()
    const squatter = createServer().listen(flags.temporalPort, '127.0.0.1')
    await expect(checkPorts(flags, 0)).rejects.toThrow(
      `port ${flags.temporalPort} is taken: stop what listens there, or choose another with --temporal-port`,
    )
    squatter.close()
  })

  test('checks the device port too', async () => {
    const flags = await flagsWithFreePorts()
    const squatter = createServer().listen(flags.devicePort, '127.0.0.1')
    await expect(checkPorts(flags, 0)).rejects.toThrow(`port ${flags.devicePort} is taken`)
    squatter.close()
  })

  test('waits for a port that is about to become free', async () => {
    const flags = await flagsWithFreePorts()
    const squatter = createServer().listen(flags.port, '127.0.0.1')
    const checked = checkPorts(flags, 5_000)
    squatter.close()
    await expect(checked).resolves.toBeUndefined()
  })

  test('rejects a --host that is not an address of this machine', async () => {
    await expect(checkPorts({ ...(await flagsWithFreePorts()), host: '192.0.2.1' }, 0)).rejects.toThrow(
      '192.0.2.1 is not an address of this machine: choose another with --host',
    )
  })

  test('names --simulator-host for a wrong address of the simulator', async () => {
    await expect(checkPorts({ ...(await flagsWithFreePorts()), simulatorHost: '192.0.2.1' }, 0)).rejects.toThrow(
      'choose another with --simulator-host',
    )
  })
})
