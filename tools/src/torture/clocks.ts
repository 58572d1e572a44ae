import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Clocks of processes that can be set while they run: by libfaketime, which reads a file. */
export interface Clocks {
  /** What a process has to be started with. */
  envOf(part: string): Readonly<Record<string, string>>
  /** From now on its clock is so far ahead, or behind. */
  set(part: string, shiftSeconds: number): Promise<void>
}

/** Makes them, all right at first. @throws Error if the library is not installed */
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
      // Without a cache each look at the clock opens the file: a sixth of a busy worker's time went there.
      FAKETIME_CACHE_DURATION: '1',
      // Timers go by the clock that nobody sets, as they do in life.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    }),
    set,
  }
}

/** Where Debian and others put it. */
function findLibrary(): string | null {
  const folders = ['/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name)), '/usr/local/lib']
  const paths = folders.map((folder) => join(folder, 'faketime', 'libfaketimeMT.so.1'))
  return paths.find((path) => existsSync(path)) ?? null
}
