import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { restore } from '@paikea/database'
import { loadConfig } from '../config/load-config.ts'
import { writePrivate } from '../first-start/private-file.ts'
import { webhookSecretFile } from '../first-start/webhook-secret.ts'
import { makeDataFolder } from '../process/open-store.ts'

/** The file of Temporal's development server, which `npm start` runs in the data folder. */
const EMBEDDED_TEMPORAL = 'temporal.db'

/**
 * `restore`: replaces the database by a backup. Temporal's own file is set aside too, because its workflows may refer
 * to messages that the database no longer has; with an empty one the service starts whatever is left to do.
 */
export async function restoreCommand(
  env: NodeJS.ProcessEnv,
  options: { readonly from: string; readonly mayReplace: boolean },
): Promise<void> {
  const config = loadConfig(env)
  await makeDataFolder(config)
  const suffix = `before-restore-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const aside = join(config.dataFolder, `database.${suffix}.sql`)
  const { messages, notes, before } = await restore(config.database, { ...options, suffix, aside })
  const moved = before === null ? [] : [before]
  for (const end of ['', '-wal', '-shm']) {
    const file = join(config.dataFolder, `${EMBEDDED_TEMPORAL}${end}`)
    if (!existsSync(file)) continue
    const target = join(config.dataFolder, `${EMBEDDED_TEMPORAL}.${suffix}${end}`)
    await rename(file, target)
    if (end === '') moved.push(target)
  }
  const secret = notes['webhookSecret']
  const isSecretNew =
    secret !== undefined &&
    config.webhook.secret === null &&
    (await writePrivate(webhookSecretFile(config.dataFolder), secret))
  const lines = [
    `${messages} messages restored, as of ${notes['madeAt'] ?? 'an unknown time'}`,
    ...moved.map((file) => `moved aside: ${file}`),
    ...(isSecretNew ? ['the webhook URLs are unchanged'] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
