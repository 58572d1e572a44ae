import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { runCommand } from '../binaries/run-command.ts'
import { startKept } from './kept-process.ts'
import { isListening, waitFor } from './wait-for.ts'

/** A MariaDB of our own: temporary folder, socket only, user root without a password, flushing at every commit. */
export interface PrivateMariaDb {
  readonly socket: string
  stop(): Promise<void>
}

/** `null` where no MariaDB server is installed. @throws Error when it is installed and does not start */
export async function startPrivateMariaDb(): Promise<PrivateMariaDb | null> {
  const server = await findProgram(['mariadbd', 'mysqld'])
  const install = await findProgram(['mariadb-install-db', 'mysql_install_db'])
  if (server === null || install === null) return null
  // Short: a socket's path may have no more than 107 characters.
  const folder = await mkdtemp(join(tmpdir(), 'paikea-db-'))
  const dataFolder = join(folder, 'data')
  const socket = join(folder, 's')
  const user = `--user=${userInfo().username}`
  await mkdir(dataFolder)
  const installed = await runCommand(
    install,
    ['--no-defaults', `--datadir=${dataFolder}`, '--auth-root-authentication-method=normal', '--skip-test-db', user],
    { timeoutMs: 120_000 },
  )
  if (installed.code !== 0) throw new Error(`${install}: ${(installed.stderr + installed.stdout).slice(-1_000)}`)
  const kept = startKept({
    command: server,
    arguments: [
      '--no-defaults',
      user,
      `--datadir=${dataFolder}`,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--skip-networking',
      '--max-connections=300',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=256M',
    ],
    pidFile: join(folder, 'keeper.pid'),
  })
  let hasEnded = false
  void kept.ended.then(() => (hasEnded = true))
  const isUp = await waitFor(async () => hasEnded || (await isListening({ path: socket })), { limitMs: 60_000 })
  if (!isUp || hasEnded) {
    await kept.stop()
    throw new Error(`${server} did not start: ${(await kept.ended).lastOutput}`)
  }
  return {
    socket,
    async stop() {
      await kept.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Server programs live in `sbin`, which is not on everybody's PATH. */
async function findProgram(names: readonly string[]): Promise<string | null> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec']
  for (const name of names)
    for (const folder of folders) {
      const path = join(folder, name)
      const exists = await access(path).then(
        () => true,
        () => false,
      )
      if (exists) return path
    }
  return null
}
