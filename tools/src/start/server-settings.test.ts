import { loadConfig } from '@paikea/server/config'
import { parseFlags, type StartFlags } from './flags.ts'
import { serverSettings } from './server-settings.ts'

function flagsOf(...line: string[]): StartFlags {
  const flags = parseFlags(line, '/')
  if (flags === null) throw new Error('no flags')
  return flags
}

describe('serverSettings()', () => {
  test('points the server at the ports of this start and at the simulated vendor, with its log-in', () => {
    const foreign = { TEMPORAL_API_KEY: 'k', TEMPORAL_TLS_SERVER_NAME: 'x', TEMPORAL_CLI: '/bin/temporal' }
    const own = { ROCKBLOCK_USER: 'real', ROCKBLOCK_PASS: 'real', PAIKEA_PORT: '1', ...foreign }
    const settings = serverSettings(flagsOf('--port', '8081', '--host', '0.0.0.0'), loadConfig(own))
    const { http, vendor, temporal } = loadConfig({ ...own, ...settings })
    expect(http).toMatchObject({ host: '0.0.0.0', port: 8081 })
    expect(temporal.connection).toEqual({ address: '127.0.0.1:7233' })
    expect(settings).not.toHaveProperty('TEMPORAL_CLI')
    expect(http.workflowsUrl).toBe('http://127.0.0.1:8233/namespaces/default/workflows')
    const url = 'http://127.0.0.1:8099'
    const login = { username: 'user', password: 'password' }
    expect(vendor).toEqual({
      rockblock: { login, url },
      rockcore: { login, url },
      cloudloop: { token: 'token', url },
    })
  })

  test('leaves the vendor settings alone when a real address is set or there is no simulator', () => {
    const own = { ROCKBLOCK_USER: 'real', ROCKBLOCK_PASS: 'real', ROCKBLOCK_URL: 'https://vendor.example' }
    expect(serverSettings(flagsOf(), loadConfig(own))).not.toHaveProperty('ROCKBLOCK_USER')
    const { vendor } = loadConfig({ ...own, ...serverSettings(flagsOf('--no-simulator'), loadConfig(own)) })
    expect(vendor.rockblock).toEqual({
      login: { username: 'real', password: 'real' },
      url: 'https://vendor.example',
    })
    expect(vendor.rockcore).toEqual({ login: null, url: null })
  })
})
