import Koa from 'koa'

import { Problem } from './control/problem.ts'
import { controlRouter } from './control/router.ts'
import { vendorRouter } from './gateway/router.ts'
import type { Simulator } from './simulator.ts'

/** The HTTP side: the vendor's addresses and our control, with errors as RFC 9457 problems. */
export function createHttpApp(simulator: Simulator): Koa {
  const app = new Koa()
  app.silent = true
  app.on('error', (cause: unknown) => simulator.log('http-error', { cause: String(cause) }))
  app.use(async (context, next) => {
    try {
      await next()
      if (context.respond !== false && context.status === 404 && context.body == null) {
        throw new Problem(404, 'not-found', 'there is nothing at this address')
      }
    } catch (cause) {
      const problem = cause instanceof Problem ? cause : new Problem(500, 'internal-error', 'something went wrong here')
      if (problem.status >= 500) simulator.log('request-failed', { path: context.path, cause: String(cause) })
      // The rest of a refused body must not be read as the next request.
      if (!context.req.complete) context.set('Connection', 'close')
      context.status = problem.status
      context.body = problem.toJSON()
      context.type = 'application/problem+json'
    }
  })
  for (const router of [vendorRouter(simulator.services), controlRouter(simulator)]) {
    app.use(router.routes()).use(router.allowedMethods())
  }
  return app
}
