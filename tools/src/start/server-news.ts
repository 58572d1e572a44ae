import type { ServerReady } from './set-up-talk.ts'

/** Parses the server's `ready` message. */
export function readReady(message: Readonly<Record<string, unknown>>): ServerReady {
  const { token, newAdmin, databaseAway } = message
  return {
    token: typeof token === 'string' ? token : null,
    newAdmin: readAdmin(newAdmin),
    databaseAway: typeof databaseAway === 'string' ? databaseAway : null,
  }
}

/** Parses the created account, if there is one. */
export function readAdmin(value: unknown): ServerReady['newAdmin'] {
  if (typeof value !== 'object' || value === null || !('email' in value) || typeof value.email !== 'string') return null
  const file = 'passwordFile' in value ? value.passwordFile : null
  return { email: value.email, passwordFile: typeof file === 'string' ? file : null }
}
