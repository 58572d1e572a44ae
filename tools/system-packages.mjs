import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** System programs that tests need: the program whose presence proves it, and the Debian package that provides it. */
const wanted = [
  { package: 'mariadb-server', programs: ['mariadbd', 'mysqld'] },
  { package: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  { package: 'openssh-server', programs: ['sshd'] },
  { package: 'nginx-light', programs: ['nginx'] },
  { package: 'openssl', programs: ['openssl'] },
  { package: 'gdal-bin', programs: ['ogrinfo'] },
  { package: 'gpsbabel', programs: ['gpsbabel'] },
  { package: 'faketime', programs: ['faketime'] },
  { package: 'systemd', programs: ['systemd-analyze'] },
  { package: 'supervisor', programs: ['supervisord'] },
]

/** System programs that the rehearsal needs. Go is not among them: Debian's is too old for Temporal. */
export const rehearsalPackages = [
  { package: 'mariadb-server', programs: ['mariadbd', 'mysqld'] },
  { package: 'postgresql', programs: ['postgres', 'pg_lsclusters'] },
  { package: 'nginx-light', programs: ['nginx'] },
  { package: 'openssl', programs: ['openssl'] },
]

/**
 * Installs what is missing on Debian as root; elsewhere lists it. Tests that cannot run without it skip themselves by
 * name.
 */
export async function installSystemPackages(packages = wanted) {
  const missing = packages.filter(({ programs }) => !programs.some(isThere)).map((entry) => entry.package)
  if (missing.length === 0) return
  const canInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0 && isThere('apt-get')
  if (!canInstall) {
    process.stdout.write(`not on this machine, what needs it is left out: ${missing.join(', ')}\n`)
    return
  }
  process.stdout.write(`installing ${missing.join(', ')} …\n`)
  // RUNLEVEL=1 keeps the packages from starting their services: the suite starts its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] }
  const install = () => spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options)
  spawnSync('apt-get', ['update', '-qq'], options)
  if (install().status !== 0) process.stderr.write(`apt-get could not install ${missing.join(', ')}\n`)
}

function isThere(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}
