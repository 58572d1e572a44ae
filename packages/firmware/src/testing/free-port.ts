import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the ports that Linux gives to outgoing connections (32,768 and up): a port chosen there can be taken by any
 * connection of another process between this look and the moment its server listens, or while that server is restarted.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const TRIES = 1_000
const given = new Set<number>()

/**
 * A port that is free at this moment, and that no outgoing connection takes; never the same twice in one process.
 *
 * @throws Error if none was found
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    if (given.has(port)) continue
    given.add(port)
    if (await canListen(host, port)) return port
  }
  throw new Error(`no free port between ${String(FIRST_PORT)} and ${String(LAST_PORT)}`)
}

async function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
