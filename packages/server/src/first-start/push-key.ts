import { join } from 'node:path'
import { newPushKey } from '@paikea/alerts'
import type { Config } from '../config/load-config.ts'
import { readOrMakePrivate } from './private-file.ts'

/**
 * The key that signs push messages: the configured one, otherwise the one in the data folder, generated on first use.
 */
export async function ensurePushKey(config: Pick<Config, 'dataFolder' | 'webPushKey'>): Promise<string> {
  if (config.webPushKey !== null) return config.webPushKey
  const { text } = await readOrMakePrivate(join(config.dataFolder, 'web-push-key.txt'), newPushKey)
  return text
}
