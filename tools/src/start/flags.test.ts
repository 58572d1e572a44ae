import { parseFlags, portsOf } from './flags.ts'
import { StartError } from './start-error.ts'

describe('parseFlags()', () => {
  test('has the defaults of the contract', () => {
    expect(parseFlags([], '/home/me/paikea')).toEqual({
      host: '127.0.0.1',
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

  test('takes every flag, with a space or an equals sign', () => {
    const line =
      '--port 1 --device-port=2 --temporal-port 3 --temporal-ui-port 4 --simulator-port 5 --data /d --demo-fleet 0'
    expect(parseFlags([...line.split(' '), '--host', '0.0.0.0', '--no-simulator'], '/')).toEqual({
      host: '0.0.0.0',
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

  test('returns null for --help', () => {
    expect(parseFlags(['--help'], '/')).toBeNull()
    expect(parseFlags(['-h'], '/')).toBeNull()
  })

  test.each([
    [['--prot', '1'], /--prot.*--help/],
    [['--demo-fleet'], /--demo-fleet.*--help/],
    [['--port', '--no-simulator'], /--port.*--help/],
    [['--port', '7777'], /^--port and --device-port are both 7777/],
    [['extra'], /extra.*--help/],
  ])('refuses %j in one line', (line, message) => {
    expect(() => parseFlags(line, '/')).toThrow(message)
    expect(() => parseFlags(line, '/')).not.toThrow(/\n/)
  })
})

describe('a number that cannot be', () => {
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
  ])('%s %s lies outside', (...line) => {
    expect(() => parseFlags(line, '/')).toThrow(`not "${line[1]}"`)
  })
})

test('portsOf() leaves out the simulator when there is none', () => {
  const flags = parseFlags(['--no-simulator'], '/')
  expect(flags === null ? null : portsOf(flags).map(([flag]) => flag)).not.toContain('--simulator-port')
})
