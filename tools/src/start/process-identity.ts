import { readFileSync } from 'node:fs'
import { runCommand } from '../binaries/run-command.ts'
import { errorCode } from '../services/error-code.ts'

/** Whether a process of that id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // No permission to signal it: it exists and belongs to someone else.
    return errorCode(error) === 'EPERM'
  }
}

/**
 * When a process started, in an opaque form for comparison: ids are reused, an id with its start time is not. `null`:
 * there is no such process.
 */
export async function startMark(pid: number): Promise<string | null> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the name in parentheses, may itself contain spaces and parentheses; the 22nd is the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    if (process.platform === 'linux') return null
  }
  const { code, stdout } = await runCommand('ps', ['-o', 'lstart=', '-p', String(pid)], { timeoutMs: 5_000 })
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null
}

/** The command line of a process; `null`: there is no such process. */
export async function commandLine(pid: number): Promise<string | null> {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return text === '' ? null : text
  } catch {
    if (process.platform === 'linux') return null
  }
  const { code, stdout } = await runCommand('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { timeoutMs: 5_000 })
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null
}
