/** The program: configuration, the processes (api, worker, or both in one) and the operator's command line. */
export { ConfigError, type ConfigFault } from './config/config-error.ts'
export { describeConfig } from './config/describe-config.ts'
export { type Config, defaultDatabaseUri, loadConfig } from './config/load-config.ts'
export { adminPasswordFile } from './first-start/first-admin.ts'
export { ensureWebhookSecret, webhookSecretFile } from './first-start/webhook-secret.ts'
export { createLog } from './log/create-log.ts'
export { type ProcessRole, type RunningServer, runServer } from './process/run-server.ts'
export { ServeError } from './process/serve-error.ts'
