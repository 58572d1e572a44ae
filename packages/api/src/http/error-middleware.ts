import type { Log } from '@paikea/domain'
import type { ApiContext } from './context.ts'
import { DeadlineError, withDeadline } from './deadline.ts'
import { createOutageWords, describeError } from './log.ts'
import { GateFullError } from '@paikea/operations'
import { ApiError } from './api-error.ts'
import { presentProblem, PROBLEM_TYPE, toApiError } from './problem.ts'
import { createRefusalLog } from './refusal-log.ts'

/**
 * More than any answer takes, and more than SQLite waits for a lock: a hanging database must not keep callers waiting
 * for ever.
 */
const ANSWER_WITHIN_MS = 15_000

/**
 * Outermost middleware for everything but the webhooks: errors thrown below become `application/problem+json`, and so
 * do requests that exceed the time limit.
 */
export function answerErrors(log: Log, answerWithinMs = ANSWER_WITHIN_MS) {
  const outage = createOutageWords()
  const refusals = createRefusalLog(log)
  return async (
    ctx: Pick<ApiContext, 'status' | 'body' | 'set' | 'method' | 'type' | 'headerSent'> & { _matchedRoute?: unknown },
    next: () => Promise<unknown>,
  ): Promise<void> => {
    try {
      await withDeadline(next(), answerWithinMs)
      // Only API routes count: `/healthz`, for one, does not use the database and proves nothing about it.
      if (typeof ctx._matchedRoute === 'string' && ctx._matchedRoute.startsWith('/v1/')) outage.isOver()
    } catch (thrown) {
      const error = toApiError(thrown, ctx.method)
      // Log the route's pattern, never the URL: that may contain a secret.
      const route = typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : null
      if (error.status >= 500 && isOwnRefusal(thrown)) {
        refusals.count({ code: error.code, route })
      } else if (error.status >= 500) {
        log.error('http.failed', {
          method: ctx.method,
          route,
          status: error.status,
          ...(error.code === 'database-unavailable'
            ? outage.describe(error.cause)
            : describeError(error.cause ?? thrown)),
        })
      }
      if (ctx.headerSent) return
      for (const [name, value] of Object.entries(error.headers)) ctx.set(name, value)
      ctx.status = error.status
      ctx.body = JSON.stringify(presentProblem(error))
      ctx.type = PROBLEM_TYPE
    }
  }
}

/** Refusals this service issues itself under load, whose stack trace says nothing. */
function isOwnRefusal(thrown: unknown): boolean {
  return thrown instanceof ApiError || thrown instanceof GateFullError || thrown instanceof DeadlineError
}
