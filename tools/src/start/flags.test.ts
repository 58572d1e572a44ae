import { parseFlags, portsOf } from './flags.ts'

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
    [['--port', 'x'], /^--port must be a number from 1 to 65535$/],
    [['--port', '0'], /^--port must/],
    [['--port', '65536'], /^--port must/],
    [['--demo-fleet', '-1'], /--demo-fleet/],
    [['--demo-fleet', '9999'], /^--demo-fleet must be a number from 0 to 200$/],
    [['--port', '7777'], /^--port and --device-port are both 7777/],
    [['extra'], /extra.*--help/],
  ])('refuses %j in one line', (line, message) => {
    expect(() => parseFlags(line, '/')).toThrow(message)
    expect(() => parseFlags(line, '/')).not.toThrow(/\n/)
  })
})

test('portsOf() leaves out the simulator when there is none', () => {
  const flags = parseFlags(['--no-simulator'], '/')
  expect(flags === null ? null : portsOf(flags).map(([flag]) => flag)).not.toContain('--simulator-port')
})
