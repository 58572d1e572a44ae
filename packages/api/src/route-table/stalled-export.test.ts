import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import Router from '@koa/router'
import { SILENT_LOG } from '@paikea/domain'
import { createGate } from '@paikea/operations'
import Koa from 'koa'
import { z } from 'zod'
import { answerErrors } from '../http/error-middleware.ts'
import { TAKEN_OVER } from './answer.ts'
import { mountRoutes } from './mount.ts'
import { routeFor } from './route.ts'

const PATIENT_MS = 25_000

const endless = routeFor<object>()({
  method: 'GET',
  path: '/v1/tracks',
  summary: 'A file without an end',
  access: 'anyone',
  limit: 'reads',
  queue: 'exports',
  answer: z.unknown(),
  run: ({ ctx }) => {
    function* pieces(): Generator<Buffer> {
      for (;;) yield Buffer.alloc(65_536)
    }
    ctx.body = Readable.from(pieces())
    return Promise.resolve(TAKEN_OVER)
  },
})

it('cuts off a stalled reader of an export, and frees its place for the next', async () => {
  const router = new Router()
  const gatekeepers = {
    charge: () => Promise.resolve(),
    admit: () => Promise.resolve(null),
    reads: createGate({ concurrency: 1, maxWaiting: 0 }),
    exports: createGate({ concurrency: 1, maxWaiting: 0 }),
    stalledMs: 500,
    log: SILENT_LOG,
  }
  mountRoutes(router, [endless], gatekeepers, {})
  const app = new Koa()
  // Of readers that are gone.
  app.on('error', () => undefined)
  app.use(answerErrors(SILENT_LOG)).use(router.routes())
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has this kind of address.
  const { port } = server.address() as AddressInfo
  const stalled = connect(port, '127.0.0.1')
  stalled.on('error', () => undefined)
  const leaving = new AbortController()
  const ask = async (): Promise<number> =>
    (await fetch(`http://127.0.0.1:${String(port)}/v1/tracks`, { signal: leaving.signal })).status
  try {
    await once(stalled, 'connect')
    stalled.write('GET /v1/tracks HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(stalled, 'readable')
    const statuses = [await ask()]
    for (const end = Date.now() + PATIENT_MS; statuses.at(-1) !== 200 && Date.now() < end;) statuses.push(await ask())
    expect(statuses.at(-1)).toBe(200)
  } finally {
    leaving.abort()
    stalled.destroy()
    server.close()
    server.closeAllConnections()
  }
}, 30_000)
