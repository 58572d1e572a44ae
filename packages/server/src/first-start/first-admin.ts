import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureDefaultGroup, ensureFirstAdmin } from '@paikea/api'
import type { Database } from '@paikea/database'
import type { Config } from '../config/load-config.ts'
import { writePrivate } from './private-file.ts'

/** Where the generated password is kept. */
export function adminPasswordFile(dataFolder: string): string {
  return join(dataFolder, 'admin-password.txt')
}

/** The first administrator; `passwordFile` is `null` where the password was given. */
export interface NewAdmin {
  readonly email: string
  readonly passwordFile: string | null
}

/**
 * Makes the default group, and the first administrator where there is no user. A random password is left in the data
 * folder, readable by its owner only.
 *
 * @returns the account if it was made just now
 */
export async function prepareAccounts(config: Config, db: Database): Promise<NewAdmin | null> {
  await ensureDefaultGroup(db)
  const admin = await ensureFirstAdmin(db, { email: config.admin?.email, password: config.admin?.password })
  if (admin === null) return null
  if (!admin.isGenerated) return { email: admin.email, passwordFile: null }
  const file = adminPasswordFile(config.dataFolder)
  // One that is there is of an earlier database: it opens nothing any more.
  await rm(file, { force: true })
  await writePrivate(file, admin.password)
  return { email: admin.email, passwordFile: file }
}
