import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Koa from 'koa'
import { ApiError } from '../http/api-error.ts'
import { loadWebFiles } from './load-files.ts'
import { serveWebApp } from './serve-web-app.ts'

it('serves byte ranges of the base map, and the whole file for a range it does not support', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paikea-web-'))
  writeFileSync(join(folder, 'base.pmtiles'), '0123456789')
  const app = new Koa()
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      ctx.status = error instanceof ApiError ? error.status : 500
    }
  })
  app.use(serveWebApp(loadWebFiles(folder)))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/base.pmtiles`
  const read = async (headers: Record<string, string>) => {
    const answer = await fetch(url, { headers })
    return [answer.status, answer.headers.get('Content-Range'), await answer.text()] as const
  }
  try {
    expect(await read({ Range: 'bytes=2-4' })).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await read({ Range: 'bytes=8-' })).toEqual([206, 'bytes 8-9/10', '89'])
    expect(await read({ Range: 'bytes=-3' })).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await read({ Range: 'bytes=0-99' })).toEqual([206, 'bytes 0-9/10', '0123456789'])
    expect((await read({ Range: 'bytes=10-12' }))[0]).toBe(416)
    for (const headers of [
      { Range: 'bytes=1-2,4-5' },
      { Range: 'lines=1-2' },
      { Range: 'bytes=1-2', 'If-Range': '"old"' },
    ])
      expect(await read(headers as Record<string, string>)).toEqual([200, null, '0123456789'])
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
})
