import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Lets the clocks of running processes be changed: by libfaketime, which reads a file. */
export interface Clocks {
  /** Environment that a process must be started with. */
  envOf(part: string): Readonly<Record<string, string>>
  /** Shifts its clock forward, or back. */
  set(part: string, shiftSeconds: number): Promise<void>
}

/** Creates them, initially correct. @throws Error if the library is not installed */
export async function createClocks(folder: string, parts: readonly string[]): Promise<Clocks> {
  const library = findLibrary()
  if (library === null) throw new Error('libfaketime is not installed (Debian: libfaketime)')
  await mkdir(folder, { recursive: true })
  const fileOf = (part: string): string => join(folder, part)
  const set = (part: string, seconds: number): Promise<void> =>
    writeFile(fileOf(part), `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`)
  for (const part of parts) await set(part, 0)
  return {
    envOf: (part) => ({
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: fileOf(part),
      // Without a cache every look at the clock opens the file, which cost a busy worker a sixth of its time.
      FAKETIME_CACHE_DURATION: '1',
      // Timers use the monotonic clock, which nobody sets, as in production.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    }),
    set,
  }
}

/** Where Debian and others install it. */
function findLibrary(): string | null {
  const folders = ['/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name)), '/usr/local/lib']
  const paths = folders.map((folder) => join(folder, 'faketime', 'libfaketimeMT.so.1'))
  return paths.find((path) => existsSync(path)) ?? null
}
