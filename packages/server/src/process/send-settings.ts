import { createReach, type SendSettings } from '@paikea/delivery'
import type { Config } from '../config/load-config.ts'
import { createVendorClients } from './vendor-clients.ts'

/** The settings for sending deliveries, from the configuration. */
export function createSendSettings(config: Config): SendSettings {
  return {
    ...createVendorClients(config),
    reach: createReach(config.privateTargets),
    sqs: sqsSettings(config.variables),
  }
}

/** Amazon's own variables. The SDK would read them too, but not from files that we support. */
function sqsSettings(variables: Config['variables']): SendSettings['sqs'] {
  const keyId = variables['AWS_ACCESS_KEY_ID']
  const key = variables['AWS_SECRET_ACCESS_KEY']
  const token = variables['AWS_SESSION_TOKEN']
  return {
    endpoint: variables['AWS_ENDPOINT_URL_SQS'] ?? variables['AWS_ENDPOINT_URL'] ?? null,
    region: variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'] ?? null,
    credentials:
      keyId === undefined || key === undefined
        ? null
        : { accessKeyId: keyId, secretAccessKey: key, ...(token === undefined ? {} : { sessionToken: token }) },
  }
}
