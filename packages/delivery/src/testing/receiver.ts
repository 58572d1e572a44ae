import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as received. */
export interface ReceivedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly atMs: number
}

/** What a receiver does with a request, including everything that real ones do. */
export type Behaviour =
  | { readonly answer: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Never answers. */
  | 'hang'
  /** Accepts the request and stops in the middle of its answer. */
  | 'hang-in-answer'
  /** Closes the connection without an answer. */
  | 'reset'
  /** Answers one byte at a time, slowly. */
  | 'drip'
  /** Answers with ten megabytes. */
  | 'flood'

/** A program that accepts webhooks, on its own port. */
export interface Receiver {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
  /** Number of connections so far. */
  readonly connections: number
  /** Sets the behaviour for paths with this prefix from now on. */
  behave(behaviour: Behaviour, path?: string): void
  /** Sets the behaviour for one more request. */
  behaveOnce(behaviour: Behaviour): void
  close(): Promise<void>
}

/** Starts a receiver that answers 204 until told otherwise. */
export async function startReceiver(): Promise<Receiver> {
  const requests: ReceivedRequest[] = []
  const behaviours = new Map<string, Behaviour>([['/', { answer: 204 }]])
  const once: Behaviour[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { url: path = '/', headers } = request
      requests.push({ path, headers, body, atMs: Date.now() })
      // The longest path that fits.
      const [found] = [...behaviours]
        .filter(([prefix]) => path.startsWith(prefix))
        .toSorted(([a], [b]) => b.length - a.length)
      act(once.shift() ?? found?.[1] ?? { answer: 204 }, response)
    })
  })
  let connections = 0
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on TCP, so it has a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections
    },
    behave: (behaviour, path = '/') => void behaviours.set(path, behaviour),
    behaveOnce: (behaviour) => void once.push(behaviour),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function act(behaviour: Behaviour, response: ServerResponse): void {
  if (typeof behaviour === 'object') {
    response.writeHead(behaviour.answer, behaviour.headers).end(behaviour.body ?? '')
    return
  }
  switch (behaviour) {
    case 'hang':
      return
    case 'hang-in-answer':
      response.writeHead(200, { 'content-length': '100' }).write('the beginning')
      return
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'drip': {
      const text = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
      let at = 0
      const timer = setInterval(() => {
        if (at >= text.length || response.socket?.destroyed !== false) return clearInterval(timer)
        response.socket.write(text[at] ?? '')
        at += 1
      }, 100)
      return
    }
    case 'flood':
      response.writeHead(200).end(Buffer.alloc(10_000_000, 'x'))
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}
