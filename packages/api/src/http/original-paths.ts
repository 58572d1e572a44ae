import type { ParameterizedContext } from 'koa'

/** The new locations of the original's data and pages, by its paths. */
const DATA: Readonly<Record<string, string>> = {
  '/v1/buoys': '/v1/devices?kind=buoy',
  '/v1/handsets': '/v1/devices?kind=handset',
  '/v1/rockstars': '/v1/devices?kind=rockstar',
  '/v1/rockblocks': '/v1/modems',
  '/json/messages': '/v1/messages/inbound',
  '/v1/routing': '/v1/routes',
  '/v1/queues': '/v1/endpoints',
  '/v1/app': '/v1/fleet',
}
const PAGES: Readonly<Record<string, string>> = {
  '/v1/buoys': '/',
  '/v1/handsets': '/',
  '/v1/rockstars': '/',
  '/v1/rockblocks': '/setup/modems',
  '/json/messages': '/messages',
  '/v1/errors': '/inbox',
  '/v1/routing': '/setup/routes',
  '/v1/queues': '/setup/endpoints',
  '/v1/app': '/',
}
const DEVICE = /^\/v1\/device\/([^/]+)$/

/**
 * Keeps the original's addresses working; runs before the router. A browser gets the page, a program the path that
 * serves the data now and requires authentication.
 */
export async function answerOriginalPaths(ctx: ParameterizedContext, next: () => Promise<unknown>): Promise<void> {
  const [, iam] = DEVICE.exec(ctx.path) ?? []
  const page = iam === undefined ? PAGES[ctx.path] : `/devices/${iam}`
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
  // `*/*` means a program that accepts anything; a browser names HTML.
  if (isRead && page !== undefined && /\btext\/html\b/.test(ctx.get('Accept'))) {
    ctx.redirect(page)
    return
  }
  const data = iam === undefined ? DATA[ctx.path] : `/v1/devices/${iam}`
  if (isRead && data !== undefined) {
    const [path = '', query = ''] = data.split('?')
    ctx.path = path
    ctx.querystring = [query, ctx.querystring].filter((part) => part !== '').join('&')
  }
  await next()
}
