import type { Context, Next } from 'koa'
import { ApiError } from '../http/api-error.ts'
import { loadWebFiles, type WebFile } from '../web-app/load-files.ts'
import { sendFile } from '../web-app/serve-web-app.ts'

/**
 * Serves the documentation site under `/docs`, loaded into memory on first use: most processes never serve it.
 *
 * @param directory `null` if the site is not built
 */
export function serveDocs(directory: string | null) {
  let files: ReadonlyMap<string, WebFile> | null = null
  return async (ctx: Context, next: Next): Promise<void> => {
    if (ctx.path !== '/docs' && !ctx.path.startsWith('/docs/')) return next()
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw notThere()
    if (ctx.path === '/docs') {
      // The pages link to each other by relative paths.
      ctx.redirect('/docs/')
      return
    }
    files ??= directory === null ? new Map() : loadWebFiles(directory)
    if (files.size === 0)
      throw new ApiError(404, 'not-found', 'The documentation has not been built here: npm run docs.')
    const path = ctx.path.slice('/docs'.length)
    const file = files.get(path.endsWith('/') ? `${path}index.html` : path)
    if (file === undefined) throw notThere()
    sendFile(ctx, file)
  }
}

function notThere(): ApiError {
  return new ApiError(404, 'not-found', 'There is nothing at this URL.')
}
