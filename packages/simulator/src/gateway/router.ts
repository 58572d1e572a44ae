import { once } from 'node:events'

import Router from '@koa/router'
import { ConnectionFault } from '@paikea/rockblock-client/testing'
import type { Context } from 'koa'

import { readBody } from '../control/body.ts'
import type { SendingServices } from './sending-services.ts'

// An IMT message may have 100 kB, which base64 and percent-encoding can inflate fourfold.
const LARGEST_BODY_BYTES = 512 * 1024

/** The vendor's addresses: `POST /rockblock/MT`, `/API2/SendMessage/{serial}`, `/Data/…`, `/Platform/Ping`. */
export function vendorRouter(services: SendingServices): Router {
  const router = new Router()
  const handle = (context: Context): Promise<void> => passOn(context, services)
  router.post('/rockblock/MT', handle)
  router.post('/API2/SendMessage/:serial', handle)
  router.post('/Data/:action', handle)
  router.post('/Platform/:action', handle)
  return router
}

async function passOn(context: Context, services: SendingServices): Promise<void> {
  const gone = new AbortController()
  context.res.once('close', () => gone.abort())
  const request = await asRequest(context, gone.signal)
  let answer: Response
  try {
    answer = await services.handle(request)
  } catch (cause) {
    if (gone.signal.aborted || cause instanceof ConnectionFault) return cut(context)
    throw cause
  }
  context.status = answer.status
  for (const [name, value] of answer.headers) context.set(name, value)
  context.body = Buffer.from(await answer.arrayBuffer())
}

/** The request in web-standard form. The vendor also accepts parameters in the query; both are merged into one form. */
async function asRequest(context: Context, signal: AbortSignal): Promise<Request> {
  const body = await readBody(context.req, LARGEST_BODY_BYTES)
  const form = new URLSearchParams(body.toString('utf8'))
  for (const [name, value] of new URLSearchParams(context.querystring)) if (!form.has(name)) form.append(name, value)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return new Request(`http://vendor.invalid${context.path}`, { method: 'POST', headers, body: form.toString(), signal })
}

/** Closes the connection without a response, like a broken line. */
async function cut(context: Context): Promise<void> {
  context.respond = false
  const { socket } = context.req
  if (socket.destroyed) return
  socket.resetAndDestroy()
  await once(socket, 'close')
}
