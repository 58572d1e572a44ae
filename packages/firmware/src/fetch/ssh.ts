import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { FirmwareError } from '../failure.ts'
import type { ChildCommand } from './child-session.ts'
import type { Source } from './source.ts'
import { childEnvironment } from './child-environment.ts'

/** Settings for SSH. */
export interface SshSettings {
  /** File with the private deploy key, readable by the owner only; `null`: whatever `ssh` finds. */
  readonly keyFile: string | null
  /** Files in which the host keys are pinned. */
  readonly knownHostsFiles: readonly string[]
  readonly connectSeconds: number
}

/** The default files of pinned host keys: the firmware folder's own, then the user's. */
export function defaultKnownHosts(firmwareBase: string): readonly string[] {
  const own = join(firmwareBase, 'known_hosts')
  const users = join(homedir(), '.ssh', 'known_hosts')
  return [own, users].filter((file) => file === own || existsSync(file))
}

/**
 * The command that reads a repository through the system's `ssh`: it never prompts, accepts no new host keys, and reads
 * no other file.
 */
export function sshCommand(source: Extract<Source, { kind: 'ssh' }>, settings: SshSettings): ChildCommand {
  const { keyFile, knownHostsFiles, connectSeconds } = settings
  const setup = [
    ['BatchMode', 'yes'],
    ['StrictHostKeyChecking', 'yes'],
    ['UserKnownHostsFile', knownHostsFiles.map(quoteFile).join(' ')],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['UpdateHostKeys', 'no'],
    ['ConnectTimeout', String(connectSeconds)],
    ['ServerAliveInterval', '15'],
    ['ServerAliveCountMax', '2'],
    ['SendEnv', '-GIT_*'],
    ['ForwardAgent', 'no'],
    ['ForwardX11', 'no'],
    ['ClearAllForwardings', 'yes'],
    ['PermitLocalCommand', 'no'],
    ['LogLevel', 'ERROR'],
    ...(keyFile === null ? [] : [['IdentitiesOnly', 'yes']]),
  ]
  const args = ['-F', 'none', '-T', ...setup.flatMap(([name = '', value = '']) => ['-o', `${name}=${value}`])]
  if (keyFile !== null) args.push('-i', keyFile)
  if (source.port !== null) args.push('-p', String(source.port))
  if (source.user !== null) args.push('-l', source.user)
  args.push('--', source.host, `git-upload-pack ${quoteForShell(source.path)}`)
  return {
    program: 'ssh',
    args,
    env: childEnvironment(keyFile === null ? ['SSH_AUTH_SOCK'] : []),
    explain: ({ code, stderr }) => explainSsh(source, knownHostsFiles[0], { code, stderr }),
    missing: () =>
      new FirmwareError('ssh-missing', 'park', 'The program ssh is not installed on this machine.', {
        whatToDo: 'Install the OpenSSH client (on Debian: apt install openssh-client); then resume.',
      }),
  }
}

interface Pattern {
  readonly said: RegExp
  readonly code: ConstructorParameters<typeof FirmwareError>[0]
  readonly reaction: 'retry' | 'park'
  message(host: string): string
  /** @param scanned the host, with its port if that is not the default, as `ssh-keyscan` takes them */
  whatToDo(scanned: string, knownHostsFile: string): string
}

const AGAIN = 'It is retried automatically.'
const scan = (scanned: string, file: string): string =>
  `Get the key with \`ssh-keyscan ${scanned}\`, compare its fingerprint with the one the host publishes, put the line into ${file}; then resume.`

/** `ssh` exits with 255 for every error of its own; only its output tells which. The first match counts. */
const PATTERNS: readonly Pattern[] = [
  {
    said: /REMOTE HOST IDENTIFICATION HAS CHANGED/u,
    code: 'host-key-changed',
    reaction: 'park',
    message: (host) => `The host ${host} presents a different key than the pinned one.`,
    whatToDo: (scanned, file) =>
      `Someone may be intercepting the connection: ask the operator of the host. If the key was changed deliberately, remove the old line from the known_hosts file. ${scan(scanned, file)}`,
  },
  {
    said: /REVOKED HOST KEY/u,
    code: 'host-key-changed',
    reaction: 'park',
    message: (host) => `The key of the host ${host} is marked as revoked.`,
    whatToDo: scan,
  },
  {
    said: /Host key verification failed|No \S+ host key is known/u,
    code: 'host-key-unknown',
    reaction: 'park',
    message: (host) => `The key of the host ${host} is not pinned.`,
    whatToDo: scan,
  },
  {
    said: /UNPROTECTED PRIVATE KEY|invalid format|error in libcrypto|incorrect passphrase|Load key/u,
    code: 'key-unreadable',
    reaction: 'park',
    message: () => 'The deploy key cannot be read.',
    whatToDo: () => 'PAIKEA_FIRMWARE_KEY must be a complete private key without a passphrase. Fix it, then resume.',
  },
  {
    said: /Permission denied|Too many authentication failures/u,
    code: 'key-refused',
    reaction: 'park',
    message: (host) => `The host ${host} does not accept the deploy key.`,
    whatToDo: () =>
      'Add the public half of PAIKEA_FIRMWARE_KEY to the repository as a read-only deploy key; then resume.',
  },
  {
    said: /Could not resolve hostname|Name or service not known|nodename nor servname/u,
    code: 'host-not-found',
    reaction: 'retry',
    message: (host) => `The name ${host} cannot be resolved.`,
    whatToDo: () => `Check PAIKEA_FIRMWARE_REPO and this machine’s DNS. ${AGAIN}`,
  },
  {
    said: /Connection timed out|Operation timed out|banner exchange|Timeout, server/u,
    code: 'host-silent',
    reaction: 'retry',
    message: (host) => `The host ${host} does not answer.`,
    whatToDo: () => `Check that the git server is running. ${AGAIN}`,
  },
  {
    said: /Connection refused|No route to host|Network is unreachable|Connection (reset|closed)|kex_exchange/u,
    code: 'host-unreachable',
    reaction: 'retry',
    message: (host) => `The host ${host} cannot be reached.`,
    whatToDo: () => `Check the network and that the git server is running. ${AGAIN}`,
  },
]

function explainSsh(
  { host, port }: Pick<Extract<Source, { kind: 'ssh' }>, 'host' | 'port'>,
  knownHostsFile: string | undefined,
  { code, stderr }: { readonly code: number | null; readonly stderr: string },
): FirmwareError {
  // A key that cannot be loaded is also refused: the cause comes first in the output, and in the list.
  const pattern = PATTERNS.find(({ said }) => said.test(stderr))
  if (pattern !== undefined) {
    return new FirmwareError(pattern.code, pattern.reaction, pattern.message(host), {
      whatToDo: pattern.whatToDo(port === null ? host : `-p ${port} ${host}`, knownHostsFile ?? 'the known_hosts file'),
    })
  }
  return explainGit(code, stderr)
}

/** Explains an error of `git upload-pack` itself. */
export function explainGit(code: number | null, stderr: string): FirmwareError {
  const words = stderr.replace(/[^\P{Cc}\n]+/gu, ' ').trim()
  if (/not a git repository|does not (exist|appear)|No such file|not found|access denied|not exported/iu.test(words)) {
    return new FirmwareError('repository-not-found', 'park', 'There is no such repository, or we may not read it.', {
      whatToDo: 'Check PAIKEA_FIRMWARE_REPO and the read permission on the repository; then resume.',
    })
  }
  if (/unable to read|missing|corrupt|bad object|loose object|bad pack|garbage|inflate/iu.test(words)) {
    return new FirmwareError(
      'repository-damaged',
      'park',
      `The repository on the server is damaged: ${lastWords(words)}`,
      {
        whatToDo: 'Run `git fsck` on the server, push the missing objects again, then resume.',
      },
    )
  }
  if (/not our ref/iu.test(words)) {
    return new FirmwareError('ref-not-found', 'refuse', 'The server does not provide that commit.', {
      whatToDo: 'Push a branch or a tag that contains it, and request the release again.',
    })
  }
  const said = words === '' ? `it ended with ${code === null ? 'a signal' : `exit status ${code}`}` : lastWords(words)
  return new FirmwareError('server-error', 'retry', `The git server gave up: ${said}`, {
    whatToDo: 'It is retried automatically. If it persists, check the log of the git server.',
  })
}

function lastWords(words: string): string {
  const lines = words.split('\n').map((line) => line.trim())
  return (lines.find((line) => /fatal|error/iu.test(line)) ?? lines.at(-1) ?? '').slice(0, 300)
}

function quoteForShell(text: string): string {
  // `~user/x` must stay outside the quotes, or the other side does not expand it.
  const home = /^~[\w.-]*(?=\/)/u.exec(text)?.[0] ?? ''
  return `${home}'${text.slice(home.length).replaceAll("'", String.raw`'\''`)}'`
}

function quoteFile(file: string): string {
  // ssh splits at blanks and expands %-signs.
  return `"${file.replaceAll('%', '%%')}"`
}
