import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A bound on the memory of a process and its children together: the kernel ends one of them where they need more. */
export interface MemoryBox {
  /** Goes before the command that shall be in it, and becomes it by `exec`. */
  readonly wrapper: readonly string[]
  /** How many processes it has ended so far. */
  kills(): number
  /** The most it held, with what the kernel keeps of files for as long as there is room. */
  peakMegabytes(): number
  /** When nothing runs in it any more. */
  remove(): void
}

interface Version {
  readonly parent: string
  readonly limit: string
  readonly peak: string
  /** Has a line `oom_kill 0`. */
  readonly events: string
}

const ROOT = '/sys/fs/cgroup'
const second: Version = { parent: ROOT, limit: 'memory.max', peak: 'memory.peak', events: 'memory.events' }
const first: Version = {
  parent: join(ROOT, 'memory'),
  limit: 'memory.limit_in_bytes',
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
}

/** Makes a control group of so many megabytes; `null` if this system or this user may not. */
export function makeMemoryBox(megabytes: number): MemoryBox | null {
  const version = existsSync(join(ROOT, 'cgroup.controllers')) ? second : first
  const folder = join(version.parent, `paikea-${process.pid}-${Date.now()}`)
  try {
    mkdirSync(folder)
    writeFileSync(join(folder, version.limit), String(megabytes * 1024 * 1024))
  } catch {
    if (existsSync(folder)) rmdirSync(folder)
    return null
  }
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  return {
    wrapper: ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder],
    kills: () => Number(/^oom_kill (\d+)$/m.exec(read(version.events))?.[1] ?? 0),
    peakMegabytes: () => Number(read(version.peak)) / 1024 ** 2,
    remove: () => rmdirSync(folder),
  }
}
