/** Real servers for the tests; `node:http` and `node:net` are what both Node and Deno have. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { ConnectionFault, type FakeService } from '../src/testing/mod.ts'

/** Runs `use` with the address of a server that answers by `listener`, and closes it with all its connections. */
export async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await listen(server)
  try {
    await use(addressOf(server))
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** An address nobody listens at: a port that was just given back. */
export async function freeAddress(): Promise<string> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** The fake service behind a port, as a simulator puts it. */
export function listenerOf(service: FakeService): RequestListener {
  return async (incoming, outgoing) => {
    const headers = { 'content-type': incoming.headers['content-type'] ?? '' }
    const body = await readAll(incoming)
    const request = new Request(`http://localhost${incoming.url}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    })
    try {
      const response = await service.handle(request)
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      outgoing.end(await response.text())
    } catch (error) {
      if (!(error instanceof ConnectionFault)) throw error
      incoming.socket.destroy()
    }
  }
}

async function readAll(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}

function addressOf(server: Server): string {
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
