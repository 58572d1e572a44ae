import type { ProvenIdentity } from '@paikea/operations'
import type { Configuration } from 'openid-client'

/** Where people log in elsewhere, as the operator configured it. */
export interface IdentityProviderConfig {
  /** https; plain http only on this machine itself. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | null
  /** What people call it: "Sign in with …". */
  readonly name: string
  /** Whether a verified e-mail opens the account of that e-mail, from then on. */
  readonly matchesEmail: boolean
}

/** What ties an answer of the provider to the browser and the moment it was asked from. */
export interface Challenge {
  readonly state: string
  readonly nonce: string
  /** Of PKCE. */
  readonly verifier: string
}

/** OpenID Connect: code flow with PKCE, state and nonce. */
export interface IdentityProvider {
  readonly name: string
  readonly matchesEmail: boolean
  /** Where to send a browser. @throws if the provider is not reached */
  begin(): Promise<{ readonly address: string; readonly challenge: Challenge }>
  /**
   * Whom it came back as.
   *
   * @param search what stands behind the `?` of the address it came back to
   * @throws where anything about it is not as it must be
   */
  finish(search: string, challenge: Challenge): Promise<ProvenIdentity>
}

/** Path that the provider sends browsers back to. */
export const CALLBACK_PATH = '/v1/session/oidc/callback'
const SCOPE = 'openid email'
const ANSWER_WITHIN_SECONDS = 10

/** Builds it. The provider is asked about itself when someone first logs in there, and again where that failed. */
export function createIdentityProvider(config: IdentityProviderConfig, publicUrl: string): IdentityProvider {
  const { issuer, clientId, clientSecret, name, matchesEmail } = config
  const redirectUri = `${publicUrl}${CALLBACK_PATH}`
  let found: Promise<Configuration> | null = null

  async function discover(): Promise<Configuration> {
    // Loaded where it is used only: it is off by default.
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
      // Many providers keep the e-mail out of the ID token of this flow.
      const isAsked = matchesEmail && claims['email'] === undefined
      const told = isAsked ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) : claims
      const email = typeof told['email'] === 'string' ? told['email'] : null
      return { issuer: claims.iss, subject: claims.sub, email, isEmailVerified: told['email_verified'] === true }
    },
  }
}
