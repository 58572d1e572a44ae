import type { ParameterizedContext } from 'koa'
import { ApiError } from './api-error.ts'
import type { ApiRouter } from './context.ts'

/** After the router: 405 for a known path with another method. Unknown paths are passed on. */
export function refuseOtherMethods(router: ApiRouter) {
  return async (ctx: ParameterizedContext, next: () => Promise<unknown>): Promise<void> => {
    const { path } = router.match(ctx.path, ctx.method)
    if (path.length === 0) {
      await next()
      return
    }
    const methods = [...new Set(path.flatMap((layer) => layer.methods))]
    const allow = methods.join(', ')
    if (ctx.method === 'OPTIONS') {
      ctx.set('Allow', allow)
      ctx.status = 204
      return
    }
    throw new ApiError(405, 'method-not-allowed', `Use ${allow} here.`, { headers: { Allow: allow } })
  }
}
