import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDefaultGroup, ensureFirstAdmin, hasAccounts } from '@paikea/operations'
import type { Database } from '@paikea/database'
import { ConfigError } from '../config/config-error.ts'
import type { Config } from '../config/load-config.ts'
import { readOrMakePrivate } from './private-file.ts'

/** File that holds the generated password. */
export function adminPasswordFile(dataFolder: string): string {
  return join(dataFolder, 'admin-password.txt')
}

/** The first administrator; `passwordFile` is `null` if the password was given. */
export interface NewAdmin {
  readonly email: string
  readonly passwordFile: string | null
}

/**
 * Creates the default group, and the first administrator if there is no user yet. A generated password is stored in the
 * data folder, readable by its owner only, before the account is created: whatever fails in between, and even if nobody
 * saw the announcement, the file opens the account.
 *
 * @returns the account if it was created just now
 * @throws {ConfigError} if the file holds something else
 */
export async function prepareAccounts(config: Config, db: Database): Promise<NewAdmin | null> {
  await ensureDefaultGroup(db)
  if (await hasAccounts(db)) return null
  const { email, password } = config.admin ?? {}
  if (password !== undefined) {
    const admin = await ensureFirstAdmin(db, { email, password })
    return admin === null ? null : { email: admin.email, passwordFile: null }
  }
  const file = adminPasswordFile(config.dataFolder)
  const kept = await readOrMakePrivate(file, () => randomBytes(15).toString('base64url'))
  if (!/^\S{8,200}$/.test(kept.text)) {
    throw new ConfigError([{ variable: file, problem: 'contains no password: remove it, and a new one is generated' }])
  }
  const admin = await ensureFirstAdmin(db, { email, password: kept.text })
  if (admin !== null) return { email: admin.email, passwordFile: file }
  // Another process, with its own data folder, was first: our password opens nothing.
  if (kept.isNew) await rm(file, { force: true })
  return null
}
