import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDefaultGroup, ensureFirstAdmin, hasAccounts } from '@paikea/operations'
import type { Database } from '@paikea/database'
import { ConfigError } from '../config/config-error.ts'
import type { Config } from '../config/load-config.ts'
import { readOrMakePrivate } from './private-file.ts'

/** Where the generated password is kept. */
export function adminPasswordFile(dataFolder: string): string {
  return join(dataFolder, 'admin-password.txt')
}

/** The first administrator; `passwordFile` is `null` if the password was given. */
export interface NewAdmin {
  readonly email: string
  readonly passwordFile: string | null
}

/**
 * Makes the default group, and the first administrator if there is no user. A random password is left in the data
 * folder, readable by its owner only, before the account is made: whatever breaks in between, and also if nobody
 * heard that it was made, the file opens it.
 *
 * @returns the account if it was made just now
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
  // A process with a data folder of its own was first: ours opens nothing.
  if (kept.isNew) await rm(file, { force: true })
  return null
}
