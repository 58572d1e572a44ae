import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { countUsers, type Database } from '@paikea/database'
import { adminPasswordFile } from '../first-start/first-admin.ts'
import { webhookSecretFile } from '../first-start/webhook-secret.ts'
import { missingFile } from './existing-store.ts'
import type { Finding, Installation } from './installation.ts'
import { withStore } from './with-store.ts'

/** Whether there is a data folder that we may write. */
export function checkFolder({ config: { dataFolder } }: Installation): Finding {
  const what = 'data folder'
  if (!existsSync(dataFolder)) {
    const detail = `${dataFolder} is not there: the first \`npm start\` makes it, or set PAIKEA_DATA`
    return { verdict: 'WRONG', what, detail }
  }
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK)
    return { verdict: 'ok', what, detail: dataFolder }
  } catch {
    return { verdict: 'WRONG', what, detail: `${dataFolder} cannot be written: set PAIKEA_DATA` }
  }
}

/** Whether the database can be used, and who can log in. */
export async function checkStore(installation: Installation): Promise<readonly Finding[]> {
  const what = 'database'
  const file = missingFile(installation.config)
  if (file !== null) {
    const detail = `${file} is not there: the first \`npm start\` makes it, elsewhere \`paikea migrate\``
    return [{ verdict: 'WRONG', what, detail }]
  }
  try {
    return await withStore(installation.env, async (db) => {
      const pending = (await db.pendingMigrations()).length
      if (pending > 0) return [{ what, ...behind(installation, `${db.dialect}, ${pending} migrations to run`) }]
      const tables: Finding = { verdict: 'ok', what, detail: `${db.dialect}, tables up to date` }
      return [tables, await checkAccounts(installation, db)]
    })
  } catch (error) {
    return [{ verdict: 'WRONG', what, detail: error instanceof Error ? error.message : String(error) }]
  }
}

/** Where the secret of the webhook addresses comes from, and whether others can read it. */
export function checkWebhookSecret({ config }: Installation): Finding {
  const what = 'webhook secret'
  if (config.webhook.secret !== null) return { verdict: 'ok', what, detail: 'set by PAIKEA_WEBHOOK_SECRET' }
  const file = webhookSecretFile(config.dataFolder)
  if (!existsSync(file)) return { verdict: 'ok', what, detail: 'none yet: the first start makes one' }
  if ((statSync(file).mode & 0o077) !== 0)
    return { verdict: 'WRONG', what, detail: `others can read ${file}: chmod 600 it` }
  return { verdict: 'ok', what, detail: `the one the first start made, in ${file}` }
}

/** Whether deliveries are let in by their address alone, as they may be while the portals still know the old service. */
export function checkWebhookSenders({ config: { webhook } }: Installation): readonly Finding[] {
  if (webhook.senders.length === 0) return []
  const detail = `from ${webhook.senders.join(', ')} none is needed: end it (PAIKEA_WEBHOOK_SENDERS) once the portals have the new addresses`
  return [{ verdict: 'care', what: 'webhook secret', detail }]
}

function behind({ isStarted, isStopped }: Installation, detail: string): Pick<Finding, 'verdict' | 'detail'> {
  if (isStopped) return { verdict: 'stopped', detail: `${detail}: the next \`npm start\` runs them` }
  const remedy = isStarted ? 'stop and start again' : '`paikea migrate`'
  return { verdict: 'WRONG', detail: `${detail}: ${remedy}` }
}

async function checkAccounts({ config }: Installation, db: Database): Promise<Finding> {
  const what = 'accounts'
  const count = await countUsers(db)
  if (count === 0) return { verdict: 'ok', what, detail: 'none yet: the first start makes an administrator' }
  const file = adminPasswordFile(config.dataFolder)
  const made = existsSync(file) ? `; the password that the first start made is in ${file}` : ''
  return { verdict: 'ok', what, detail: `${count}${made}` }
}
