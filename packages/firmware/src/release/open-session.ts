import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FirmwareError } from '../failure.ts'
import { openChildSession } from '../fetch/child-session.ts'
import { openHttpSession } from '../fetch/http-session.ts'
import { localCommand } from '../fetch/local-path.ts'
import type { SessionOptions, UploadPackSession } from '../fetch/session.ts'
import { parseSource } from '../fetch/source.ts'
import { defaultKnownHosts, sshCommand } from '../fetch/ssh.ts'

/** Where the firmware comes from, and the credentials for it. */
export interface RepositorySettings {
  /** `PAIKEA_FIRMWARE_REPO`; `null`: not set. */
  readonly repository: string | null
  /** The private deploy key itself, or the file that holds it. @default whatever `ssh` finds */
  readonly deployKey?: string | null
  /** Token for https. @default none */
  readonly token?: string | null
  /** File with pinned host keys. @default `known_hosts` in the firmware folder, then the user's own */
  readonly knownHostsFile?: string | null
  /** File of allowed tag signers, in ssh-keygen(1)'s format. @default signatures are not checked */
  readonly signersFile?: string | null
  /** `PAIKEA_FIRMWARE_BASE`. */
  readonly base: string
}

/** Opens a session with the configured repository. @throws {FirmwareError} */
export async function openSession(settings: RepositorySettings, options: SessionOptions): Promise<UploadPackSession> {
  const { repository, token = null, deployKey = null, knownHostsFile = null } = settings
  if (repository === null || repository.trim() === '') {
    throw new FirmwareError('repository-not-configured', 'park', 'No firmware repository is configured.', {
      whatToDo: 'Set PAIKEA_FIRMWARE_REPO to its URL or folder, and restart the service.',
    })
  }
  const source = parseSource(repository, token)
  if (source.kind === 'http') return await openHttpSession(source, options)
  if (source.kind === 'path') return await openChildSession(localCommand(source.path), options)
  const key = deployKey === null || deployKey.trim() === '' ? null : await placeKey(deployKey)
  try {
    const command = sshCommand(source, {
      keyFile: key?.file ?? null,
      knownHostsFiles: knownHostsFile === null ? defaultKnownHosts(settings.base) : [knownHostsFile],
      connectSeconds: Math.max(1, Math.floor(options.limits.connectMs / 1000)),
    })
    const session = await openChildSession(command, options)
    return {
      ...session,
      async close() {
        try {
          await session.close()
        } finally {
          await key?.remove()
        }
      },
    }
  } catch (error) {
    await key?.remove()
    throw error
  }
}

/** `ssh` accepts a key only from a file that nobody else can read and that ends with a newline. */
async function placeKey(deployKey: string): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const text = deployKey.includes('-----BEGIN') ? deployKey : await readKey(deployKey.trim())
  const folder = await mkdtemp(join(tmpdir(), 'paikea-key-'))
  await chmod(folder, 0o700)
  const file = join(folder, 'key')
  await writeFile(file, `${text.replaceAll('\r\n', '\n').trim()}\n`, { mode: 0o600 })
  return { file, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new FirmwareError('key-unreadable', 'park', 'The deploy key file cannot be read.', {
      whatToDo:
        'PAIKEA_FIRMWARE_KEY must contain a private key, or name a file that this service can read. Fix it, then resume.',
      cause: error,
    })
  }
}
