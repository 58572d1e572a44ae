import { once } from 'node:events'
import { createServer } from 'node:net'
import { clear, launch, makeSite, type Site } from './support/running-system.ts'

/** The command line without these flags and their values. */
function without(line: readonly string[], ...names: readonly string[]): string[] {
  return line.filter((word, n) => !names.includes(word) && !names.includes(line[n - 1] ?? ''))
}

describe('npm start reports in one line what is wrong', () => {
  let site: Site
  beforeAll(async () => {
    site = await makeSite()
  })
  afterAll(() => clear(site))

  async function refusal(env: NodeJS.ProcessEnv = {}, flags: readonly string[] = []): Promise<string> {
    const system = launch({ ...site, flags: [...site.flags, ...flags] }, 'node', env)
    expect(await system.ended).toBe(1)
    return system.output()
  }

  test('when a port is taken', async () => {
    const squatter = createServer().listen(site.ports.simulator, '127.0.0.1')
    const port = site.ports.simulator
    expect(await refusal()).toBe(
      `port ${port} is taken: stop what listens there, or choose another with --simulator-port\n`,
    )
    squatter.close()
  })

  test('when a port from the environment is taken, after a line that names unused variables', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const flags = without(site.flags, '--port', '--data')
    const env = { PAIKEA_PORT: String(port), PAIKEA_DATA: site.dataFolder, TEMPORAL_ADDRESS: 'cloud.example:7233' }
    const system = launch({ ...site, flags }, 'node', env)
    expect(await system.ended).toBe(1)
    expect(system.output().split('\n')).toEqual([
      expect.stringMatching(/^not used: TEMPORAL_ADDRESS \(npm start runs its own Temporal server at 127\.0\.0\.1:/),
      `port ${port} is taken: stop what listens there, or choose another with --port`,
      '',
    ])
    squatter.close()
  })

  test('when a variable is wrong, without its value', async () => {
    expect(await refusal({ PAIKEA_DB_URI: 'postgres://me:hunter2@host/db', PAIKEA_PORT: 'x' })).toMatch(
      /^wrong configuration: PAIKEA_DB_URI cannot be used: (?!.*hunter2).*; PAIKEA_PORT must be a port number\n$/,
    )
  })

  test('when TEMPORAL_CLI names a program that does not work', async () => {
    expect(await refusal({ TEMPORAL_CLI: '/bin/true' })).toBe(
      'TEMPORAL_CLI names a file that is not a working temporal: /bin/true\n',
    )
  })
  test('when the data folder cannot be created', async () => {
    const folder = '/dev/null/paikea'
    expect(await refusal({}, ['--data', folder])).toMatch(
      new RegExp(`^${folder} cannot be the data folder: .*; choose another with --data\\n$`),
    )
  })

  test('when a number is out of range', async () => {
    expect(await refusal({}, ['--demo-fleet', '-1'])).toBe('--demo-fleet must be a number from 0 to 200, not "-1"\n')
  })
})
