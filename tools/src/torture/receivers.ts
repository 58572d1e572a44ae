import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { z } from 'zod'

import type { Random } from './random.ts'
import { keyOf, type Receipt, strange } from './receipts.ts'

/** Webhook receivers, one per path: `/well` always succeeds, `/moody` usually, `/mute` never responds. */
export interface Receivers {
  readonly url: string
  /** What arrived at a path, in order: requests read completely, whatever the response. */
  readonly got: (path: string) => readonly Receipt[]
  close(): Promise<void>
}

const ReportBody = z.object({
  modem: z.object({ imei: z.string() }),
  message: z.object({ text: z.string().nullable() }),
})

/** Starts them on one port. */
export async function startReceivers(random: Random): Promise<Receivers> {
  const receipts = new Map<string, Receipt[]>()
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    void take(request).then((receipt) => {
      if (receipt === null) return
      const path = request.url ?? '/'
      const before = receipts.get(path)
      if (before === undefined) receipts.set(path, [receipt])
      else before.push(receipt)
      answer(path, response, random)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    got: (path) => receipts.get(path) ?? [],
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(path: string, response: ServerResponse, random: Random): void {
  if (path === '/mute') return
  if (path !== '/moody' || random.happens(0.9)) return void response.writeHead(204).end()
  const mood = random.int(0, 3)
  if (mood === 0) response.writeHead(503, { 'retry-after': '1' }).end()
  else if (mood === 1) response.writeHead(500).end()
  else if (mood === 2) response.socket?.resetAndDestroy()
  else response.writeHead(200, { 'content-length': '100' }).write('the beginning')
}

/** `null`: the request was cut off before its end, so nothing was received. */
async function take(request: IncomingMessage): Promise<Receipt | null> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array)) // no encoding is set
  } catch {
    return null
  }
  const text = Buffer.concat(chunks).toString('utf8')
  const id = request.headers['webhook-id']
  const body = ReportBody.safeParse(JSON.parse(text))
  const key = body.success ? keyOf(body.data.modem.imei, body.data.message.text ?? '') : null
  return { deliveryId: typeof id === 'string' ? id : null, key: key ?? strange(text) }
}
