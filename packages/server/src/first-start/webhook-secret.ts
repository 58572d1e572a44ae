import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config/load-config.ts'
import { readOrMakePrivate, readPrivate } from './private-file.ts'

/** File that holds the generated secret. */
export function webhookSecretFile(dataFolder: string): string {
  return join(dataFolder, 'webhook-secret.txt')
}

/** The secret in use, without generating one; `null` if there is none yet. */
export async function readWebhookSecret(config: Config): Promise<string | null> {
  return config.webhook.secret ?? (await readPrivate(webhookSecretFile(config.dataFolder)))
}

/**
 * The secret in the webhook addresses: the configured one, otherwise the one in the data folder, generated at the first
 * start.
 */
export async function ensureWebhookSecret(config: Config): Promise<string> {
  if (config.webhook.secret !== null) return config.webhook.secret
  const { text } = await readOrMakePrivate(webhookSecretFile(config.dataFolder), () =>
    randomBytes(24).toString('base64url'),
  )
  return text
}
