import { FlagError } from './flags.ts'
import { FolderInUse, JournalUnusable } from './journal/journal.ts'
import type { SimulatorOptions } from './simulator.ts'

// Codes for an address that is not this machine's, or a name without an address.
const hostCodes = new Set(['EADDRNOTAVAIL', 'EINVAL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN'])

/** Explains why the simulator does not start: one line for the user, with the flag that helps. */
export function explainFailure(cause: unknown, options: Pick<SimulatorOptions, 'host' | 'dataFolder'> | null): string {
  if (cause instanceof FlagError) return cause.message
  if (cause instanceof FolderInUse) return `${cause.message}: choose another with --data`
  if (cause instanceof JournalUnusable) return `${cause.message}: move it away, or choose another folder with --data`
  const { code, port, path, syscall } = partsOf(cause)
  if (code === 'EADDRINUSE') return `port ${port} is taken: stop what listens there or choose another with --port`
  if ((syscall === 'listen' || syscall === 'getaddrinfo') && hostCodes.has(code)) {
    return `cannot listen on ${options?.host}, which is not an address of this machine (${code}): choose another with --host`
  }
  if (syscall === 'mkdir' && (code === 'EEXIST' || code === 'ENOTDIR')) {
    const folder = options?.dataFolder ?? path
    return `the folder ${folder} cannot be created: ${path} is in the way and is not a folder: choose another with --data`
  }
  if (syscall === 'mkdir') return `the folder ${path} cannot be created (${code}): choose another with --data`
  if (code === 'EACCES' || code === 'EPERM') return `not permitted: ${String(cause)}`
  return String(cause)
}

/** The parts of a system error. */
function partsOf(cause: unknown): { code: string; port: string; path: string; syscall: string } {
  const parts = new Map<string, unknown>(typeof cause === 'object' && cause !== null ? Object.entries(cause) : [])
  const textOf = (name: string): string => String(parts.get(name))
  return { code: textOf('code'), port: textOf('port'), path: textOf('path'), syscall: textOf('syscall') }
}
