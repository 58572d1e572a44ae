import { resolve } from 'node:path'
import { parseFlags, portsOf } from './flags.ts'
import { StartError } from './start-error.ts'

describe('parseFlags()', () => {
  test('returns the documented defaults', () => {
    expect(parseFlags([], '/home/me/paikea')).toEqual({
      host: '127.0.0.1',
      simulatorHost: '127.0.0.1',
      temporalHost: '127.0.0.1',
      port: 8080,
      devicePort: 7777,
      temporalPort: 7233,
      temporalUiPort: 8233,
      simulatorPort: 8099,
      dataFolder: '/home/me/paikea/data',
      hasSimulator: true,
      demoFleet: 6,
    })
  })

  test('reads every flag, with a space or an equals sign', () => {
    const line =
      '--port 1 --device-port=2 --temporal-port 3 --temporal-ui-port 4 --simulator-port 5 --data /d --demo-fleet 0'
    const hosts = ['--host', '0.0.0.0', '--simulator-host', '::', '--temporal-host', '127.0.0.2']
    expect(parseFlags([...line.split(' '), ...hosts, '--no-simulator'], '/')).toEqual({
      host: '0.0.0.0',
      simulatorHost: '::',
      temporalHost: '127.0.0.2',
      port: 1,
      devicePort: 2,
      temporalPort: 3,
      temporalUiPort: 4,
      simulatorPort: 5,
      dataFolder: '/d',
      hasSimulator: false,
      demoFleet: 0,
    })
  })

  test('reads a variable when its flag is missing, and prefers the flag', () => {
    const variables = { PAIKEA_HOST: '::', PAIKEA_PORT: '9000', PAIKEA_DEVICE_PORT: '9001', PAIKEA_DATA: '/sea' }
    const parsed = (...line: string[]) => parseFlags(line, '/home', () => variables)
    expect(parsed()).toMatchObject({
      host: '::',
      port: 9000,
      devicePort: 9001,
      dataFolder: '/sea',
      simulatorPort: 8099,
    })
    const flags = ['--host', '127.0.0.2', '--port', '1', '--device-port', '2', '--data', 'lake']
    expect(parsed(...flags)).toMatchObject({ host: '127.0.0.2', port: 1, devicePort: 2, dataFolder: '/home/lake' })
  })

  test('resolves a relative PAIKEA_DATA against the working directory', () => {
    expect(parseFlags([], '/home', () => ({ PAIKEA_DATA: 'sea' }))?.dataFolder).toBe(resolve('sea'))
  })

  test('names a variable with an invalid port', () => {
    expect(() => parseFlags([], '/', () => ({ PAIKEA_PORT: '0' }))).toThrow(
      'PAIKEA_PORT must be a number from 1 to 65535, not "0"',
    )
  })

  test('returns null for --help, whatever the environment', () => {
    const refuse = (): never => {
      throw new Error('nobody asked')
    }
    expect(parseFlags(['--help'], '/', refuse)).toBeNull()
    expect(parseFlags(['-h'], '/')).toBeNull()
  })

  test.each([
    [['--prot', '1'], /--prot.*--help/],
    [['--demo-fleet'], /--demo-fleet.*--help/],
    [['--port', '--no-simulator'], /--port.*--help/],
    [['--port', '8233'], /^--port and --temporal-ui-port are both 8233/],
    [['extra'], /extra.*--help/],
  ])('refuses %j in one line', (line, message) => {
    expect(() => parseFlags(line, '/')).toThrow(message)
    expect(() => parseFlags(line, '/')).not.toThrow(/\n/)
  })
})

describe('an invalid number', () => {
  const ports = ['--port', '--device-port', '--temporal-port', '--temporal-ui-port', '--simulator-port']
  const ranges = [...ports.map((flag) => [flag, '1 to 65535']), ['--demo-fleet', '0 to 200']]
  const values = ['x', '-1', '99999', '1.5', '', ' 80', '8\n0', '0x50', '1e3']
  test.each(ranges)('is refused with flag, range and value: %s', (flag = '', range) => {
    for (const value of values) {
      const refusal = new StartError(`${flag} must be a number from ${range}, not ${JSON.stringify(value)}`)
      expect(() => parseFlags([flag, value], '/')).toThrow(refusal)
      expect(() => parseFlags([`${flag}=${value}`], '/')).toThrow(refusal)
    }
  })

  test.each([
    ['--port', '0'],
    ['--port', '65536'],
    ['--demo-fleet', '201'],
  ])('%s %s is out of range', (...line) => {
    expect(() => parseFlags(line, '/')).toThrow(`not "${line[1]}"`)
  })
})

test('portsOf() lists the ports to listen on, without the simulator’s under --no-simulator', () => {
  const flags = parseFlags(['--no-simulator', '--port', '7776'], '/')
  const names = flags === null ? [] : portsOf(flags).map(({ flag }) => flag)
  expect(names).toEqual(['--port', '--device-port', '--temporal-port', '--temporal-ui-port'])
})

test('--host opens only the API and device ports; simulator and Temporal have flags of their own', () => {
  const hostsFor = (...line: string[]): Record<string, string> => {
    const flags = parseFlags(line, '/', () => ({ PAIKEA_HOST: '0.0.0.0' }))
    return Object.fromEntries(flags === null ? [] : portsOf(flags).map(({ flag, host }) => [flag, host]))
  }
  const closed = { '--temporal-port': '127.0.0.1', '--temporal-ui-port': '127.0.0.1', '--simulator-port': '127.0.0.1' }
  expect(hostsFor()).toEqual({ '--port': '0.0.0.0', '--device-port': '0.0.0.0', ...closed })
  expect(hostsFor('--host', '::')).toEqual({ '--port': '::', '--device-port': '::', ...closed })
  expect(hostsFor('--simulator-host', '0.0.0.0')).toMatchObject({ '--simulator-port': '0.0.0.0' })
  expect(hostsFor('--temporal-host', '::')).toMatchObject({ '--temporal-port': '::', '--temporal-ui-port': '::' })
})
