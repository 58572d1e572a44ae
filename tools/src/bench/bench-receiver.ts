import { createServer } from 'node:http'

/**
 * Webhook receivers in their own process: any path responds with 204 at once, or hangs if told to. It reports when each
 * position arrived: `{path, latitude, atMs}`.
 */
const mute = new Set<string>()
let seen: { path: string; latitude: string; atMs: number }[] = []

const server = createServer((request, response) => {
  const atMs = performance.timeOrigin + performance.now()
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const path = request.url ?? '/'
    const latitude = /lat:(\d+\.\d+),/.exec(Buffer.concat(chunks).toString())?.[1] ?? ''
    seen.push({ path, latitude, atMs })
    if (!mute.has(path)) response.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ type: 'ready', port: typeof address === 'object' && address !== null ? address.port : 0 })
})
/** `{mute: [path]}` makes these paths hang; any other message asks for what arrived since the last one. */
process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'mute' in message && Array.isArray(message.mute)) {
    for (const path of message.mute) mute.add(String(path))
  }
  process.send?.({ type: 'seen', seen })
  seen = []
})
process.on('disconnect', () => process.exit(0))
