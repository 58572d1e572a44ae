import { createServer, type IncomingMessage } from 'node:http'
import { createFakeService } from '@paikea/rockblock-client/testing'

/** The vendor's sending service behind a port, in its own process: responds at once and accepts any modem. */
const service = createFakeService({ username: 'bench', password: 'bench' })

const server = createServer((incoming, outgoing) => {
  void toRequest(incoming)
    .then((request) => service.handle(request))
    .then(async (response) => {
      outgoing.writeHead(response.status, { 'content-type': response.headers.get('content-type') ?? 'text/plain' })
      outgoing.end(await response.text())
    })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ type: 'ready', port: typeof address === 'object' && address !== null ? address.port : 0 })
})
process.on('message', () => process.send?.({ type: 'sent', count: service.sent.length }))
process.on('disconnect', () => process.exit(0))

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer) // no encoding is set, so chunks are buffers
  return new Request(`http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`, {
    method: incoming.method ?? 'POST',
    headers: { 'content-type': incoming.headers['content-type'] ?? '' },
    body: Buffer.concat(chunks),
  })
}
