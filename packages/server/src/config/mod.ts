/** The configuration alone, for programs that start the service: loads none of the service's other parts. */
export { webhookSecretFile, ensureWebhookSecret } from '../first-start/webhook-secret.ts'
export { ConfigError, type ConfigFault } from './config-error.ts'
export { type KeptSettings, keepSettings } from './kept-settings.ts'
export { type Config, defaultDatabaseUri, loadConfig } from './load-config.ts'
export { reachableHost } from './reachable-host.ts'
