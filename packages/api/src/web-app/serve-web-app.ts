import type { ParameterizedContext } from 'koa'
import { ApiError } from '../http/api-error.ts'
import type { WebFile } from './load-files.ts'

/** Paths of the API and of assets: an unknown one is a 404, never the page. */
const NOT_THE_PAGE = /^\/(?:v1|rockblock|rockstar|cloudloop|connection|assets)(?:\/|$)/

/**
 * Last middleware: serves the web app's files, and the page for every client-side address. Only requests that accept
 * HTML get the page; a program or scanner gets a 404.
 */
export function serveWebApp(files: ReadonlyMap<string, WebFile>) {
  const page = files.get('/index.html')
  return async (ctx: ParameterizedContext): Promise<void> => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw notThere()
    const file = files.get(ctx.path === '/' ? '/index.html' : ctx.path)
    if (file !== undefined) {
      sendFile(ctx, file)
      return
    }
    const wantsPage = /text\/html/i.test(ctx.get('Accept'))
    if (!wantsPage || NOT_THE_PAGE.test(ctx.path) || ctx.path.includes('.')) throw notThere()
    if (page === undefined) throw new ApiError(404, 'web-app-not-built', 'The web app has not been built here.')
    sendFile(ctx, page)
  }
}

/** Sends a file or a range of it, or 304 if the client has it. */
export function sendFile(ctx: ParameterizedContext, file: WebFile): void {
  ctx.set('ETag', file.etag)
  ctx.set('Cache-Control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (file.gzipped !== null) ctx.vary('Accept-Encoding')
  ctx.status = 200
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  ctx.set('Accept-Ranges', 'bytes')
  const range = ctx.get('Range') === '' ? null : readRange(ctx.get('Range'), file.body.length)
  // A range applies to the version first read; otherwise send the whole file.
  const isSame = ctx.get('If-Range') === '' || ctx.get('If-Range') === file.etag
  if (range !== null && isSame) {
    sendRange(ctx, file, range)
    return
  }
  const isPacked = file.gzipped !== null && ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
  if (isPacked) ctx.set('Content-Encoding', 'gzip')
  ctx.type = file.contentType
  ctx.body = isPacked ? file.gzipped : file.body
}

type Range = { readonly start: number; readonly end: number } | 'beyond'

/** One range of bytes, `end` inclusive; `null`: unsupported, so the whole file is sent. */
function readRange(text: string, length: number): Range | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text) ?? []
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first)
  const end = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1)
  return start >= length || end < start ? 'beyond' : { start, end }
}

/** The base map is read in ranges. */
function sendRange(ctx: ParameterizedContext, file: WebFile, range: Range): void {
  const length = String(file.body.length)
  if (range === 'beyond') {
    ctx.set('Content-Range', `bytes */${length}`)
    throw new ApiError(416, 'range-not-satisfiable', `The file has ${length} bytes.`)
  }
  ctx.status = 206
  ctx.set('Content-Range', `bytes ${String(range.start)}-${String(range.end)}/${length}`)
  ctx.type = file.contentType
  ctx.body = file.body.subarray(range.start, range.end + 1)
}

function notThere(): ApiError {
  return new ApiError(404, 'not-found', 'There is nothing at this URL.')
}
