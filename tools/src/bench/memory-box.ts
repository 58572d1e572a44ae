import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A memory limit for a process and its children together: the kernel kills one of them if they exceed it. */
export interface MemoryBox {
  /** Prefix for the command to confine, which it `exec`s. */
  readonly wrapper: readonly string[]
  /** Processes killed so far. */
  kills(): number
  /** Peak usage, including the page cache, which the kernel keeps while there is room. */
  peakMegabytes(): number
  /** Call once nothing runs in it any more. */
  remove(): void
}

interface Version {
  readonly parent: string
  readonly limit: string
  readonly peak: string
  /** Contains a line `oom_kill 0`. */
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

/** Creates a control group with this limit; `null` if the system or this user cannot. */
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
