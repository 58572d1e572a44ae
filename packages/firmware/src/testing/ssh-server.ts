import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** A real OpenSSH server with one user's deploy key. */
export interface SshServer {
  readonly port: number
  readonly user: string
  /** A private key the server accepts, and one it does not. */
  readonly key: string
  readonly otherKey: string
  /** A file that pins the server's host key, and one that pins another. */
  readonly knownHosts: string
  readonly wrongKnownHosts: string
  readonly folder: string
  address(path: string): string
  stop(): Promise<void>
}

const SSHD = '/usr/sbin/sshd'

/** Whether the server is installed. */
export const hasSshd = existsSync(SSHD)

/** Starts it on a free port. */
export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'paikea-sshd-'))
  const file = (name: string): string => join(folder, name)
  for (const name of ['host', 'host2', 'deploy', 'stranger']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file(name)])
  }
  const port = await freePort()
  writeFileSync(file('authorized_keys'), `restrict ${readFileSync(file('deploy.pub'), 'utf8')}`)
  const pin = (key: string): string => `[127.0.0.1]:${port} ${readFileSync(file(`${key}.pub`), 'utf8')}`
  writeFileSync(file('known_hosts'), pin('host'))
  writeFileSync(file('wrong_known_hosts'), pin('host2'))
  writeFileSync(
    file('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'LogLevel ERROR',
      'MaxStartups 50',
    ].join('\n'),
  )
  // If its package's service never ran, the folder it locks itself into is missing.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const child = spawn(SSHD, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  await untilOpen(port, child, () => said)
  const { username } = userInfo()
  return {
    port,
    user: username,
    key: file('deploy'),
    otherKey: file('stranger'),
    knownHosts: file('known_hosts'),
    wrongKnownHosts: file('wrong_known_hosts'),
    folder,
    address: (path) => `ssh://${username}@127.0.0.1:${port}${path}`,
    async stop() {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill()
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilOpen(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${said()}`)
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`sshd does not listen: ${said()}`)
}
