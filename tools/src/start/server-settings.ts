import { type Config, type KeptSettings, reachableHost } from '@paikea/server/config'
import type { StartFlags } from './flags.ts'

const simulatorLogin = { username: 'user', password: 'password', token: 'token' }

/** Paths of programs, not client settings. */
const ofOurTools = ['TEMPORAL_CLI', 'TEMPORAL_TEST_SERVER']
/** Removed even if unset now: the operator's commands may run in another environment. */
const alwaysForeign = [
  'TEMPORAL_API_KEY',
  'TEMPORAL_API_KEY_FILE',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS',
]

/** Which of these variables refer to some other Temporal server, and must not mislead the embedded one's clients. */
export function foreignTemporalVariables(variables: Config['variables']): string[] {
  return Object.keys(variables)
    .filter((name) => name.startsWith('TEMPORAL_') && !ofOurTools.includes(name))
    .toSorted()
}

/** Whether messages for one of the vendor's services go to the simulated one. */
export function isSimulated(flags: StartFlags, service: { readonly url: string | null }): boolean {
  return flags.hasSimulator && service.url === null
}

/**
 * What the server gets on top of our own environment: this start's ports and Temporal server. Unless a real vendor's
 * address is set, messages go to the simulated vendor, with the simulator's own credentials: real ones never reach it. An
 * empty text removes a variable.
 */
export function serverSettings(
  flags: StartFlags,
  { vendor, variables }: Pick<Config, 'vendor' | 'variables'>,
): KeptSettings {
  const url = `http://${reachableHost(flags.simulatorHost)}:${flags.simulatorPort}`
  const { username, password, token } = simulatorLogin
  return {
    ...Object.fromEntries([...alwaysForeign, ...foreignTemporalVariables(variables)].map((name) => [name, ''])),
    PAIKEA_HOST: flags.host,
    PAIKEA_PORT: String(flags.port),
    PAIKEA_DEVICE_PORT: String(flags.devicePort),
    TEMPORAL_ADDRESS: `${reachableHost(flags.temporalHost)}:${flags.temporalPort}`,
    TEMPORAL_NAMESPACE: 'default',
    PAIKEA_TEMPORAL_UI_URL: `http://${reachableHost(flags.temporalHost)}:${flags.temporalUiPort}`,
    ...(isSimulated(flags, vendor.rockblock) ? { ROCKBLOCK_URL: url, ...login('ROCKBLOCK', username, password) } : {}),
    ...(isSimulated(flags, vendor.rockcore) ? { ROCKCORE_URL: url, ...login('ROCKCORE', username, password) } : {}),
    ...(isSimulated(flags, vendor.cloudloop)
      ? { CLOUDLOOP_URL: url, CLOUDLOOP_TOKEN: token, CLOUDLOOP_TOKEN_FILE: '' }
      : {}),
  }
}

function login(prefix: string, username: string, password: string): KeptSettings {
  return { [`${prefix}_USER`]: username, [`${prefix}_PASS`]: password, [`${prefix}_PASS_FILE`]: '' }
}
