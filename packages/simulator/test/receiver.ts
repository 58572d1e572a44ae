import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One webhook as it arrived. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How the receiver answers: a status, or nothing at all. */
export type Answer = number | 'silence'

/** A real HTTP server in the place of our API: keeps what it gets, answers what it is told to. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** Answer of each request; by default 200. */
  answer: (request: Received) => Answer
  /** Resolves when `count` webhooks are there. */
  waitFor(count: number): Promise<readonly Received[]>
  close(): Promise<void>
}

/** Starts a receiver on a free port, or on a given one. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const arrived = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(arrived)
      const answer = receiver.answer(arrived)
      if (answer === 'silence') return
      response.writeHead(answer, { 'content-type': 'application/json' }).end('{"status":"accepted"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo // a TCP server has one
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}`,
    received,
    answer: () => 200,
    async waitFor(count) {
      await until(() => received.length >= count, `${count} webhooks, ${received.length} came`)
      return received
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/** Polls until the condition holds; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const limit = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
