import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiError } from './api-error.ts'

const SECONDS_PER_MINUTE = 60

/** Requests per minute and address, by kind. */
export interface RateLimits {
  /** @default 12000 */
  readonly readsPerMinute?: number
  /** @default 3000 */
  readonly writesPerMinute?: number
  /** @default 120 */
  readonly logInsPerMinute?: number
  /** Failed logins per address and e-mail within 15 minutes. @default 10 */
  readonly failedLogIns?: number
  /** Invalid tokens per address within 15 minutes. @default 300 */
  readonly failedTokens?: number
}

/** Throttles requests by address. */
export interface RateLimiters {
  /** @throws ApiError 429 when this minute's budget is used up */
  charge(limit: 'reads' | 'writes' | 'log-ins' | 'none', address: string): Promise<void>
  /** Failed logins, by address and e-mail. */
  readonly failedLogIns: FailedLogIns
  readonly failedTokens: FailedTokens
}

/** Counts requests with an invalid token, by address. */
export interface FailedTokens {
  /** @throws ApiError 429 when there were too many */
  check(address: string): Promise<void>
  count(address: string): Promise<void>
}

/** Counts failed logins; a correct password clears the count. */
export interface FailedLogIns {
  /** @throws ApiError 429 when there were too many */
  check(key: string): Promise<void>
  count(key: string): Promise<void>
  clear(key: string): Promise<void>
  /** The same check for one account across all addresses. @throws ApiError 429 */
  checkAccount(account: string): Promise<void>
  countAccount(account: string): Promise<void>
}

/** Creates the limiters. Counts live in this process's memory: they bound abuse, they do not measure use. */
export function createRateLimiters(limits: RateLimits = {}): RateLimiters {
  const perMinute = (keyPrefix: string, points: number) =>
    new RateLimiterMemory({ keyPrefix, points, duration: SECONDS_PER_MINUTE })
  const budgets = {
    reads: perMinute('read', limits.readsPerMinute ?? 12_000),
    writes: perMinute('write', limits.writesPerMinute ?? 3000),
    'log-ins': perMinute('log-in', limits.logInsPerMinute ?? 120),
  }
  return {
    async charge(limit, address) {
      if (limit !== 'none') await budgets[limit].consume(address).catch(refuse)
    },
    failedLogIns: createFailedLogIns(limits.failedLogIns ?? 10),
    failedTokens: createFailedTokens(limits.failedTokens ?? 300),
  }
}

function createFailedTokens(points: number): FailedTokens {
  const limiter = new RateLimiterMemory({ keyPrefix: 'failed-token', points, duration: 15 * 60 })
  return {
    async check(address) {
      const state = await limiter.get(address)
      if (state !== null && state.consumedPoints >= points) refuse(state)
    },
    async count(address) {
      await limiter.penalty(address)
    },
  }
}

function createFailedLogIns(points: number): FailedLogIns {
  const limiter = new RateLimiterMemory({ keyPrefix: 'failed-log-in', points, duration: 15 * 60 })
  // High enough that others can hardly lock the owner out, low enough that nobody guesses a password.
  const accountPoints = points * 10
  const accounts = new RateLimiterMemory({ keyPrefix: 'failed-account', points: accountPoints, duration: 15 * 60 })
  return {
    async check(key) {
      const state = await limiter.get(key)
      if (state !== null && state.consumedPoints >= points) refuse(state)
    },
    async count(key) {
      await limiter.penalty(key)
    },
    async clear(key) {
      await limiter.delete(key)
    },
    async checkAccount(account) {
      const state = await accounts.get(account)
      if (state !== null && state.consumedPoints >= accountPoints) refuse(state)
    },
    async countAccount(account) {
      await accounts.penalty(account)
    },
  }
}

function refuse(state: unknown): never {
  if (!(state instanceof RateLimiterRes)) throw state
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000))
  throw new ApiError(429, 'too-many-requests', `Too many requests. Try again in ${String(seconds)} s.`, {
    headers: { 'Retry-After': String(seconds) },
  })
}
