import { createServer } from 'node:net'
import { errorCode } from '../services/error-code.ts'
import { waitFor } from '../services/wait-for.ts'
import { portsOf, type StartFlags } from './flags.ts'
import { StartError } from './start-error.ts'

/**
 * Makes sure that every port can be listened on.
 * @param patienceMs how long to wait for a predecessor that is still ending
 * @throws {StartError} naming the port and its flag
 */
export async function checkPorts(flags: StartFlags, patienceMs: number): Promise<void> {
  for (const [flag, port, host] of portsOf(flags)) {
    let problem: string | null = null
    const check = async (): Promise<boolean> => {
      problem = await tryPort(port, host)
      return problem === null
    }
    if (!(await check()) && (await waitFor(check, { limitMs: patienceMs, everyMs: 200 }))) problem = null
    if (problem !== null) throw new StartError(describe({ flag, port, host, problem }))
  }
}

async function tryPort(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(errorCode(error) ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}

function describe(o: { flag: string; port: number; host: string; problem: string }): string {
  if (o.problem === 'EADDRINUSE')
    return `port ${o.port} is taken: stop what listens there, or choose another with ${o.flag}`
  if (o.problem === 'EACCES')
    return `port ${o.port} needs a permission you do not have: choose one above 1023 with ${o.flag}`
  if (o.problem === 'EADDRNOTAVAIL' || o.problem === 'ENOTFOUND' || o.problem === 'EINVAL') {
    return `${o.host} is no address of this machine: choose another with --host`
  }
  return `port ${o.port} cannot be used (${o.problem}): choose another with ${o.flag}`
}
