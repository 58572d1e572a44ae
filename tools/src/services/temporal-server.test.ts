import { temporalArguments, temporalEnvironment } from './temporal-server.ts'

const options = { cli: 'temporal', port: 7233, uiPort: null, databaseFile: '/data/temporal.db', pidFile: '/data/pid' }

describe('the embedded Temporal', () => {
  test('has bounded caches', () => {
    const words = temporalArguments(options).join(' ')
    expect(words).toContain('--dynamic-config-value history.hostLevelCacheMaxSize=256')
    expect(words).toContain('--dynamic-config-value history.eventsHostLevelCacheMaxSizeBytes=4194304')
  })

  test('has a memory limit, which an operator’s own overrides', () => {
    expect(temporalEnvironment({ PATH: '/bin' })).toEqual({ GOGC: '75', GOMEMLIMIT: '250MiB', PATH: '/bin' })
    expect(temporalEnvironment({ GOMEMLIMIT: '1GiB' })).toEqual({ GOGC: '75', GOMEMLIMIT: '1GiB' })
  })
})
