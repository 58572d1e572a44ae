import { isSameSecret } from '@paikea/operations'
import { isLoopback, type AddressReader } from '../http/client-address.ts'
import { ApiError } from '../http/api-error.ts'
import type { ApiContext } from '../http/context.ts'
import { notLoggedIn, requireAccess, type Access } from '../route-table/access.ts'
import type { Authenticator } from './authenticate.ts'
import type { Principal } from './principal.ts'

/** Applies a route's access rule to a request. */
export function createAdmission(options: {
  readonly auth: Pick<Authenticator, 'authenticate' | 'identify'>
  readonly addressOf: AddressReader
  /** Bearer token that admits a metrics scraper, in addition to system administrators' tokens. */
  readonly metricsToken: string | null
}) {
  const { auth, addressOf, metricsToken } = options

  async function isScraper(ctx: ApiContext): Promise<boolean> {
    // A proxy on this machine makes every client look local; these headers give the proxy away.
    const isProxied = ctx.get('x-forwarded-for') !== '' || ctx.get('forwarded') !== ''
    if (!isProxied && isLoopback(addressOf(ctx.req))) return true
    if (metricsToken !== null && isSameSecret(ctx.get('authorization'), `Bearer ${metricsToken}`)) return true
    return (await auth.identify(ctx))?.isSystemAdmin ?? false
  }

  return async (access: Access, ctx: ApiContext): Promise<Principal | null> => {
    if (access === 'anyone') return null
    if (access === 'scraper') {
      if (await isScraper(ctx)) return null
      throw notLoggedIn('Call from the machine itself, or with a token.')
    }
    const principal = await auth.authenticate(ctx)
    if (access !== 'logged-in') {
      if (principal.isHeldBack) {
        throw new ApiError(
          403,
          'second-factor-missing',
          'Set up a second factor first: this installation requires one.',
        )
      }
      requireAccess(principal, access)
    }
    return principal
  }
}
