import { createServer } from 'node:net'
import { errorCode } from '../services/error-code.ts'
import { waitFor } from '../services/wait-for.ts'
import { portsOf, type StartFlags, type UsedPort } from './flags.ts'
import { StartError } from './start-error.ts'

/**
 * Checks that every port can be listened on.
 * @param patienceMs how long to wait for a predecessor that is still ending
 * @throws {StartError} naming the port and its flag
 */
export async function checkPorts(flags: StartFlags, patienceMs: number): Promise<void> {
  for (const used of portsOf(flags)) {
    let problem: string | null = null
    const check = async (): Promise<boolean> => {
      problem = await tryPort(used.port, used.host)
      return problem === null
    }
    if (!(await check()) && (await waitFor(check, { limitMs: patienceMs, everyMs: 200 }))) problem = null
    if (problem !== null) throw new StartError(describe(used, problem))
  }
}

async function tryPort(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(errorCode(error) ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}

function describe({ flag, port, hostFlag, host }: UsedPort, problem: string): string {
  if (problem === 'EADDRINUSE') return `port ${port} is taken: stop what listens there, or choose another with ${flag}`
  if (problem === 'EACCES') return `port ${port} needs a permission you do not have: choose one above 1023 with ${flag}`
  if (problem === 'EADDRNOTAVAIL' || problem === 'ENOTFOUND' || problem === 'EINVAL') {
    return `${host} is not an address of this machine: choose another with ${hostFlag}`
  }
  return `port ${port} cannot be used (${problem}): choose another with ${flag}`
}
