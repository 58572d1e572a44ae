import { type Config, type KeptSettings, reachableHost } from '@paikea/server/config'
import type { StartFlags } from './flags.ts'

const simulatorLogin = { username: 'user', password: 'password', token: 'token' }

/** Settings of some other Temporal server, which must not lead the embedded one's clients astray. */
const foreign = [
  'TEMPORAL_API_KEY',
  'TEMPORAL_API_KEY_FILE',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS',
]

/**
 * What the server is given over our own environment: the ports and the Temporal server of this start. Messages go to the
 * simulated vendor unless an address of the real one is set; its own log-in goes with it, so that a real one never
 * reaches it. An empty text takes a variable away.
 */
export function serverSettings(flags: StartFlags, { vendor }: Pick<Config, 'vendor'>): KeptSettings {
  const url = `http://${reachableHost(flags.host)}:${flags.simulatorPort}`
  const { username, password, token } = simulatorLogin
  const isSimulated = (service: { readonly url: string | null }): boolean => flags.hasSimulator && service.url === null
  return {
    ...Object.fromEntries(foreign.map((name) => [name, ''])),
    PAIKEA_HOST: flags.host,
    PAIKEA_PORT: String(flags.port),
    PAIKEA_DEVICE_PORT: String(flags.devicePort),
    TEMPORAL_ADDRESS: `127.0.0.1:${flags.temporalPort}`,
    TEMPORAL_NAMESPACE: 'default',
    ...(isSimulated(vendor.rockblock) ? { ROCKBLOCK_URL: url, ...login('ROCKBLOCK', username, password) } : {}),
    ...(isSimulated(vendor.rockcore) ? { ROCKCORE_URL: url, ...login('ROCKCORE', username, password) } : {}),
    ...(isSimulated(vendor.cloudloop) ? { CLOUDLOOP_URL: url, CLOUDLOOP_TOKEN: token, CLOUDLOOP_TOKEN_FILE: '' } : {}),
  }
}

function login(prefix: string, username: string, password: string): KeptSettings {
  return { [`${prefix}_USER`]: username, [`${prefix}_PASS`]: password, [`${prefix}_PASS_FILE`]: '' }
}
