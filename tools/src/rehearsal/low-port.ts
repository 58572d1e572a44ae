import { createServer } from 'node:net'

/** The highest port that fits PostgreSQL's signed two-byte column of cluster members. */
const HIGHEST = 32_767
const LOWEST = 20_000
const given = new Set<number>()

/** A free port low enough for Temporal's tables; never the same twice. */
export async function lowPort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
