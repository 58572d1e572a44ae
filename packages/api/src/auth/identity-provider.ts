import type { ProvenIdentity } from '@paikea/operations'
import type { Configuration } from 'openid-client'

/** An external identity provider, as configured by the operator. */
export interface IdentityProviderConfig {
  /** Must be https; plain http is accepted only for this machine. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | null
  /** Display name: "Sign in with …". */
  readonly name: string
  /** Whether a verified e-mail address links the account that has this address, permanently. */
  readonly matchesEmail: boolean
}

/** Ties the provider's response to the browser and the moment of the request. */
export interface Challenge {
  readonly state: string
  readonly nonce: string
  /** The PKCE code verifier. */
  readonly verifier: string
}

/** OpenID Connect: authorization code flow with PKCE, state and nonce. */
export interface IdentityProvider {
  readonly name: string
  readonly matchesEmail: boolean
  /** Returns the address to send the browser to. @throws if the provider cannot be reached */
  begin(): Promise<{ readonly address: string; readonly challenge: Challenge }>
  /**
   * Returns the identity the browser came back with.
   *
   * @param search the query string of the callback, after the `?`
   * @throws if any check on the response fails
   */
  finish(search: string, challenge: Challenge): Promise<ProvenIdentity>
}

/** Path the provider redirects browsers back to. */
export const CALLBACK_PATH = '/v1/session/oidc/callback'
const SCOPE = 'openid email'
const ANSWER_WITHIN_SECONDS = 10

/** Creates the client. It fetches the provider's metadata on the first sign-in, and again after a failure. */
export function createIdentityProvider(config: IdentityProviderConfig, publicUrl: string): IdentityProvider {
  const { issuer, clientId, clientSecret, name, matchesEmail } = config
  const redirectUri = `${publicUrl}${CALLBACK_PATH}`
  let found: Promise<Configuration> | null = null

  async function discover(): Promise<Configuration> {
    // Loaded on first use: the feature is off by default.
    const { allowInsecureRequests, ClientSecretPost, discovery, None } = await import('openid-client')
    const isPlain = issuer.startsWith('http:')
    return discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === null ? None() : ClientSecretPost(clientSecret),
      {
        timeout: ANSWER_WITHIN_SECONDS,
        execute: isPlain ? [allowInsecureRequests] : [],
      },
    )
  }

  const load = () =>
    (found ??= discover().catch((error: unknown) => {
      found = null
      throw error
    }))

  return {
    name,
    matchesEmail,
    async begin() {
      const client = await import('openid-client')
      const challenge = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      }
      const address = client.buildAuthorizationUrl(await load(), {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: challenge.state,
        nonce: challenge.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(challenge.verifier),
        code_challenge_method: 'S256',
      })
      return { address: address.href, challenge }
    },
    async finish(search, { state, nonce, verifier }) {
      const client = await import('openid-client')
      const provider = await load()
      const tokens = await client.authorizationCodeGrant(provider, new URL(`${redirectUri}?${search}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('the provider sent no ID token')
      // Many providers leave the e-mail address out of this flow's ID token.
      const isAsked = matchesEmail && claims['email'] === undefined
      const told = isAsked ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) : claims
      const email = typeof told['email'] === 'string' ? told['email'] : null
      return { issuer: claims.iss, subject: claims.sub, email, isEmailVerified: told['email_verified'] === true }
    },
  }
}
