import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig'

/** How to reach Temporal, in its SDK's terms. */
export interface TemporalConfig {
  readonly namespace: string
  /** Address, TLS and API key. */
  readonly connection: ClientConnectConfig['connectionOptions']
}

/**
 * Reads `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_TLS…`, `TEMPORAL_API_KEY` as every Temporal program does. A
 * configuration file is read only if one is named: a file that happens to be in someone's home must not decide where
 * messages go.
 *
 * @throws the SDK's Error
 */
export function loadTemporalConfig(values: Readonly<Record<string, string>>): TemporalConfig {
  const isFileNamed = values['TEMPORAL_CONFIG_FILE'] !== undefined || values['TEMPORAL_PROFILE'] !== undefined
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: { ...values },
    disableFile: !isFileNamed,
  })
  return {
    namespace: namespace ?? 'default',
    connection: { ...connectionOptions, address: connectionOptions.address ?? '127.0.0.1:7233' },
  }
}
