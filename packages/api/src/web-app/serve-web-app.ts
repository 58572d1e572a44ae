import type { ParameterizedContext } from 'koa'
import { ApiError } from '../http/api-error.ts'
import type { WebFile } from './load-files.ts'

/** Paths that belong to programs: what is not found there is never the page. */
const NOT_THE_PAGE = /^\/(?:v1|rockblock|rockstar|cloudloop|connection|assets)(?:\/|$)/

/** Last in line: files of the web app, and the page itself for every address that it makes out by itself. */
export function serveWebApp(files: ReadonlyMap<string, WebFile>) {
  const page = files.get('/index.html')
  return async (ctx: ParameterizedContext): Promise<void> => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw notThere()
    const file = files.get(ctx.path === '/' ? '/index.html' : ctx.path)
    if (file !== undefined) {
      send(ctx, file)
      return
    }
    if (NOT_THE_PAGE.test(ctx.path) || ctx.path.includes('.')) throw notThere()
    if (page === undefined) throw new ApiError(404, 'web-app-not-built', 'The web app is not built here.')
    send(ctx, page)
  }
}

function send(ctx: ParameterizedContext, file: WebFile): void {
  ctx.set('ETag', file.etag)
  ctx.set('Cache-Control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (file.gzipped !== null) ctx.vary('Accept-Encoding')
  ctx.status = 200
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  const isPacked = file.gzipped !== null && ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
  if (isPacked) ctx.set('Content-Encoding', 'gzip')
  ctx.type = file.contentType
  ctx.body = isPacked ? file.gzipped : file.body
}

function notThere(): ApiError {
  return new ApiError(404, 'not-found', 'There is nothing at this address.')
}
