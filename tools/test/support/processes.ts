import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process as the operating system lists it. */
export interface ListedProcess {
  readonly pid: number
  readonly commandLine: string
}

/** All living processes whose command line contains a text, such as a data folder that no other program knows. */
export function processesWith(text: string): readonly ListedProcess[] {
  return (process.platform === 'linux' ? listProc() : listByPs()).filter(({ commandLine }) =>
    commandLine.includes(text),
  )
}

function listProc(): ListedProcess[] {
  const listed: ListedProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      listed.push({ pid: Number(name), commandLine })
    } catch {
      // Already gone.
    }
  }
  return listed
}

function listByPs(): ListedProcess[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ pid: Number(match[1]), commandLine: match[2] ?? '' }))
}
