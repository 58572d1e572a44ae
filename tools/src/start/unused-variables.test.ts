import { loadConfig } from '@paikea/server/config'
import { parseFlags } from './flags.ts'
import { describeUnused } from './unused-variables.ts'

function linesFor(env: Record<string, string>, ...line: string[]): string[] {
  const flags = parseFlags(line, '/')
  if (flags === null) throw new Error('no flags')
  return describeUnused(flags, loadConfig(env))
}

describe('describeUnused()', () => {
  test('names the variables of another Temporal server, without their values', () => {
    const env = { TEMPORAL_ADDRESS: 'cloud.example:7233', TEMPORAL_NAMESPACE: 'buoys', TEMPORAL_API_KEY: 'hunter2' }
    expect(linesFor(env, '--temporal-port', '7300')).toEqual([
      'not used: TEMPORAL_ADDRESS, TEMPORAL_API_KEY, TEMPORAL_NAMESPACE (npm start runs its own Temporal server at 127.0.0.1:7300; to use another one, run npm run paikea -- serve)',
    ])
  })

  test('names the log-ins that the simulated vendor does not receive', () => {
    const env = { ROCKBLOCK_USER: 'crew', ROCKBLOCK_PASS: 'hunter2', CLOUDLOOP_TOKEN: 'hunter3' }
    expect(linesFor(env)).toEqual([
      'not used: ROCKBLOCK_USER, ROCKBLOCK_PASS, CLOUDLOOP_TOKEN (messages go to the simulated vendor; use --no-simulator for the real one)',
    ])
    expect(linesFor(env, '--no-simulator')).toEqual([])
    expect(linesFor({ ...env, ROCKBLOCK_URL: 'https://vendor.example' })[0]).toMatch(/^not used: CLOUDLOOP_TOKEN \(/)
  })

  test.each([
    {},
    { PAIKEA_PORT: '9000', PAIKEA_DATA: '/sea' },
    { TEMPORAL_ADDRESS: 'localhost:7233', TEMPORAL_NAMESPACE: 'default' },
    { TEMPORAL_CLI: '/bin/temporal', TEMPORAL_TEST_SERVER: '/bin/test-server' },
  ])('returns nothing for %j', (env) => {
    expect(linesFor(env)).toEqual([])
  })
})
