import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KeptProcess, startKept } from '../../src/services/kept-process.ts'
import { findProgram } from '../../src/services/private-mariadb.ts'
import { isListening, waitFor } from '../../src/services/wait-for.ts'
import { seenBy, smallDisk } from './small-disk.ts'

/** A MariaDB whose data folder is a disk of its own. */
export interface SmallMariaDb {
  readonly socket: string
  /** Path of the disk as seen from here. */
  readonly disk: string
  stop(): Promise<void>
}

/** Starts one; root has no password. @throws Error if it does not start */
export async function startSmallMariaDb(megabytes: number): Promise<SmallMariaDb> {
  const [server, install] = [await findProgram(['mariadbd']), await findProgram(['mariadb-install-db'])]
  if (server === null || install === null) throw new Error('MariaDB is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'paikea-small-'))
  const [mount, socket, pidFile] = [join(folder, 'disk'), join(folder, 's'), join(folder, 'keeper.pid')]
  mkdirSync(mount)
  const data = `--datadir=${mount}/data`
  const script = `"$0" --no-defaults --user=root ${data} --innodb-log-file-size=4M --skip-test-db \\
    --auth-root-authentication-method=normal >&2 && exec "$@"`
  const kept: KeptProcess = startKept({
    command: smallDisk(mount, megabytes).wrapper[0] ?? '',
    arguments: [
      ...smallDisk(mount, megabytes).wrapper.slice(1),
      ...['sh', '-c', script, install, server, '--no-defaults', '--user=root', data],
      ...[`--socket=${socket}`, `--pid-file=${folder}/pid`, '--skip-networking'],
      ...['--innodb-log-file-size=4M', '--innodb-buffer-pool-size=16M'],
    ],
    pidFile,
  })
  const stop = async (): Promise<void> => {
    await kept.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  if (!(await waitFor(() => isListening({ path: socket }), { limitMs: 60_000 }))) {
    await stop()
    throw new Error(`MariaDB did not start: ${(await kept.ended).lastOutput}`)
  }
  return { socket, disk: seenBy(Number(readFileSync(pidFile, 'utf8')), mount), stop }
}
