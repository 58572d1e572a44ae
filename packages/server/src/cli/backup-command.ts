import { backUp } from '@paikea/database'
import { writeFile } from 'node:fs/promises'
import { loadConfig } from '../config/load-config.ts'
import { readVersion } from '../process/read-version.ts'
import { readWebhookSecret } from '../first-start/webhook-secret.ts'
import { lastBackupFile } from './doctor-outside.ts'
import { requireStore } from './existing-store.ts'

/**
 * `backup`: the database at one instant, and the secret in the webhook address, without which the vendor's deliveries
 * would be refused.
 */
export async function backupCommand(env: NodeJS.ProcessEnv, { to }: { readonly to: string }): Promise<void> {
  const config = loadConfig(env)
  requireStore(config)
  const secret = await readWebhookSecret(config)
  const notes = { madeAt: new Date().toISOString(), version: readVersion() }
  const { messages, bytes } = await backUp(
    config.database,
    to,
    secret === null ? notes : { ...notes, webhookSecret: secret },
  )
  // For `doctor`. If the disk has no room for this note, the backup exists all the same.
  const note = JSON.stringify({ madeAt: notes.madeAt, messages, bytes })
  await writeFile(lastBackupFile(config.dataFolder), note, { mode: 0o600 }).catch(() => undefined)
  const megabytes = (bytes / 1_000_000).toFixed(1)
  process.stdout.write(
    `${messages} messages are in ${to} (${megabytes} MB); it contains secrets: store it as you store them\n`,
  )
}
