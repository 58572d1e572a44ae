import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer, type Server as NetServer } from 'node:net'
import { parseWireAddress } from '@paikea/firmware/wire'
import { createDeviceAnswers, type AnswerDeps } from './answer-device.ts'
import { openFrontDoor } from './front-door.ts'
import { serveConnection, type AnswerDevice, type ConnectionLimits } from './serve-connection.ts'
import { headersOf } from './write-answer.ts'

/** HTTP for devices: behind the API's port, or on a port of its own. */
export interface DeviceHttp {
  /** Takes over device connections of a server that is not listening yet. */
  attach(server: Server): void
  /**
   * Handles a device's request on a connection opened by another client, as proxies reuse them; `false`: not a device's
   * request.
   */
  handle(req: IncomingMessage, res: ServerResponse): boolean
  /** A separate server for devices only. */
  createServer(): NetServer
}

const MAX_BODY_BYTES = 16_384

/** Creates it. */
export function createDeviceHttp(deps: AnswerDeps & { readonly connection?: ConnectionLimits }): DeviceHttp {
  const answer = createDeviceAnswers(deps)
  const { connection = {} } = deps
  return {
    attach(server) {
      openFrontDoor(server, (socket, first) => serveConnection(socket, first, answer, connection))
    },
    handle(req, res) {
      if (parseWireAddress(req.url ?? '') === null) return false
      void answerOverNode(req, res, answer)
      return true
    },
    createServer: () =>
      createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
        serveConnection(socket, Buffer.alloc(0), answer, connection),
      ),
  }
}

/** HTTP/1.1 clients may pipeline a second request; devices never do. */
async function answerOverNode(req: IncomingMessage, res: ServerResponse, answer: AnswerDevice): Promise<void> {
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of req as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes <= MAX_BODY_BYTES) pieces.push(piece)
    }
  } catch {
    res.destroy()
    return
  }
  const forwarded = req.headers['x-forwarded-for']
  const made = await answer({
    method: req.method ?? '',
    target: req.url ?? '',
    body: Buffer.concat(pieces),
    peer: req.socket.remoteAddress ?? null,
    forwardedFor: Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? null),
  })
  res.writeHead(made.status, Object.fromEntries(headersOf(made)))
  res.end(req.method === 'HEAD' ? undefined : made.body)
}
