import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { runCommand } from '../binaries/run-command.ts'

/** The machine the results were measured on. Printed with every run: results mean nothing without it. */
export interface Machine {
  readonly processors: string
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  readonly temporal: string
  readonly mariadb: string
  readonly commit: string
  readonly at: string
}

/** Describes this machine and the programs the benchmark uses. */
export async function describeMachine(temporalCli: string): Promise<Machine> {
  const firstLine = async (command: string, ...args: string[]): Promise<string> => {
    const result = await runCommand(command, args, { timeoutMs: 10_000 })
    return (result.stdout + result.stderr).split('\n')[0]?.trim() ?? ''
  }
  return {
    processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release()}`,
    node: process.version,
    temporal: await firstLine(temporalCli, '--version'),
    mariadb: await firstLine('mariadbd', '--version'),
    commit: await firstLine('git', 'rev-parse', '--short', 'HEAD'),
    at: new Date().toISOString(),
  }
}

/** Resident memory of a process in megabytes (Linux; NaN elsewhere). */
export function residentMegabytes(pid: number): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(match?.[1] ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}

/** Memory of a process in megabytes, counting its share of shared pages (Linux; elsewhere resident memory). */
export function memoryOf(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
    return Number(match?.[1] ?? Number.NaN) / 1024
  } catch {
    return residentMegabytes(pid)
  }
}

/** CPU time used by a process so far, in milliseconds (Linux, in steps of 10; NaN elsewhere). */
export function processorMilliseconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name is in parentheses and may contain anything; count the fields after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}

/** Watches a process's resident memory. */
export function watchMemory(pid: number): { /** @returns the most there was, in megabytes */ stop(): number } {
  let peak = residentMegabytes(pid)
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(pid))
  }, 20)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}
