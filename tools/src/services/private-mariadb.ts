import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { runCommand } from '../binaries/run-command.ts'
import { type KeptProcess, startKept } from './kept-process.ts'
import { isListening, waitFor } from './wait-for.ts'

/** Our own MariaDB: temporary folder, socket only, user root without a password, flushing at every commit. */
export interface PrivateMariaDb {
  readonly socket: string
  stop(): Promise<void>
}

/** A MariaDB that can be started, and restarted after whatever ended it. */
export interface MariaDbFiles {
  readonly server: string
  /** Contains all its files. */
  readonly folder: string
  readonly socket: string
  /** Holds the running program's id. */
  readonly pidFile: string
  /** Options appended to ours. */
  readonly more?: readonly string[]
}

/** Creates an empty database server in a new folder. `null` if none is installed. @throws Error if that fails */
export async function prepareMariaDb(): Promise<MariaDbFiles | null> {
  // Short: a socket's path may be at most 107 characters.
  return prepareIn(() => mkdtemp(join(tmpdir(), 'paikea-db-')))
}

/** Starts the server in a folder, creating it if needed; its data stays. `null` if none is installed. */
export async function startMariaDbIn(folder: string): Promise<PrivateMariaDb | null> {
  const files = await prepareIn(async () => {
    await mkdir(folder, { recursive: true })
    return folder
  })
  if (files === null) return null
  const kept = await launchMariaDb(files)
  return {
    socket: files.socket,
    stop: async () => {
      await kept.stop()
    },
  }
}

async function prepareIn(makeFolder: () => Promise<string>): Promise<MariaDbFiles | null> {
  const server = await findProgram(['mariadbd', 'mysqld'])
  const install = await findProgram(['mariadb-install-db', 'mysql_install_db'])
  if (server === null || install === null) return null
  const folder = await makeFolder()
  const dataFolder = join(folder, 'data')
  const files = { server, folder, socket: join(folder, 's'), pidFile: join(folder, 'keeper.pid') }
  const isThere = await access(join(dataFolder, 'mysql')).then(
    () => true,
    () => false,
  )
  if (isThere) return files
  await mkdir(dataFolder)
  const installed = await runCommand(
    install,
    ['--no-defaults', `--datadir=${dataFolder}`, '--auth-root-authentication-method=normal', '--skip-test-db', user()],
    { timeoutMs: 120_000 },
  )
  if (installed.code !== 0) throw new Error(`${install}: ${(installed.stderr + installed.stdout).slice(-1_000)}`)
  return files
}

/** Starts the server and waits until it listens. @throws Error with its last output */
export async function launchMariaDb({
  server,
  folder,
  socket,
  pidFile,
  more = [],
}: MariaDbFiles): Promise<KeptProcess> {
  // A killed server leaves its socket behind, which would look as if it were up.
  await rm(socket, { force: true })
  const kept = startKept({
    command: server,
    arguments: [
      '--no-defaults',
      user(),
      `--datadir=${join(folder, 'data')}`,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--skip-networking',
      '--max-connections=300',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=256M',
      ...more,
    ],
    pidFile,
  })
  let hasEnded = false
  void kept.ended.then(() => (hasEnded = true))
  const isUp = await waitFor(async () => hasEnded || (await isListening({ path: socket })), { limitMs: 60_000 })
  if (isUp && !hasEnded) return kept
  await kept.stop()
  throw new Error(`${server} did not start: ${(await kept.ended).lastOutput}`)
}

/** `null` if no MariaDB server is installed. @throws Error if it is installed but does not start */
export async function startPrivateMariaDb(): Promise<PrivateMariaDb | null> {
  const files = await prepareMariaDb()
  if (files === null) return null
  const kept = await launchMariaDb(files)
  return {
    socket: files.socket,
    async stop() {
      await kept.stop()
      await rm(files.folder, { recursive: true, force: true })
    },
  }
}

function user(): string {
  return `--user=${userInfo().username}`
}

/** Locates a program; `null`: not found. Server programs live in `sbin`, which is not on every user's PATH. */
export async function findProgram(names: readonly string[]): Promise<string | null> {
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
