import { createServer } from 'node:http'

/**
 * Programs that take webhooks, in a process of their own: any path answers 204 at once, or never once it was told so.
 * It tells when which position came: `{path, latitude, atMs}`.
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
/** `{mute: [path]}` falls silent for these; anything else asks for what came since the last time. */
process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'mute' in message && Array.isArray(message.mute)) {
    for (const path of message.mute) mute.add(String(path))
  }
  process.send?.({ type: 'seen', seen })
  seen = []
})
process.on('disconnect', () => process.exit(0))
