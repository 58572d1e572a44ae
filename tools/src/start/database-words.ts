import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerReady } from './set-up-talk.ts'

/** Explains what it means that the database does not respond. */
export function withoutDatabase(reason: string): string {
  return `The database cannot be used (${reason}). Messages are accepted meanwhile and wait in Temporal; log-in, fleet and sending start once it is back. It is configured by PAIKEA_DB_URI.`
}

/** How to log in; nothing if the user knows already. */
export function logIn(
  { dataFolder }: { readonly dataFolder: string },
  { newAdmin }: Pick<ServerReady, 'newAdmin'>,
): string[] {
  if (newAdmin === null) {
    const file = join(dataFolder, 'admin-password.txt')
    if (!existsSync(file)) return []
    return [`Log in as before; the first administrator’s password is in ${file}`, '']
  }
  const { email, passwordFile } = newAdmin
  if (passwordFile === null) return [`Log in as ${email} with the password of PAIKEA_ADMIN_PASSWORD.`, '']
  // Shown only once; the file stays, readable by its owner only.
  return [
    `Log in as ${email}`,
    `  password        ${readFileSync(passwordFile, 'utf8').trim()}`,
    `  also in         ${passwordFile}`,
    '',
  ]
}
