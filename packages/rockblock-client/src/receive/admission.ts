/**
 * Who may deliver: holders of a secret in the URL, messages with the vendor's signature, or either; anyone only if
 * explicitly enabled.
 */
export interface AdmissionOptions {
  /**
   * Accepted as the last path segment or as `?key=`; list several while one is being replaced. The vendor cannot send a
   * custom header, so the URL has to carry the secret: keep it out of access logs.
   * @default no secret admits
   */
  readonly secret?: string | readonly string[]
  /**
   * Whether a valid token whose claims match the body admits a delivery: `true` for the vendor's key, or a key. Anyone
   * with an account at the vendor can obtain such tokens for their own modems: check the IMEI against yours.
   * @default false
   */
  readonly token?: boolean | string | CryptoKey
  /**
   * Admits everyone, for use behind something else that protects the URL.
   * @default false
   */
  readonly anyone?: boolean
}

/**
 * @throws {TypeError} if nobody could ever be admitted, or a secret is too short
 */
export function checkAdmission(options: AdmissionOptions): readonly string[] {
  const secrets = typeof options.secret === 'string' ? [options.secret] : (options.secret ?? [])
  if (secrets.some((secret) => secret.length < SHORTEST_SECRET)) {
    throw new TypeError(`secret must have at least ${SHORTEST_SECRET} characters`)
  }
  if (secrets.length === 0 && !options.token && !options.anyone) {
    throw new TypeError('one of secret, token and anyone is needed')
  }
  return secrets
}

/** Long enough to resist guessing; short enough to detect a mistyped variable. */
const SHORTEST_SECRET = 8

/** Whether a URL contains one of the secrets, in constant time. */
export function hasSecret(url: string, secrets: readonly string[]): boolean {
  if (secrets.length === 0) return false
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const lastSegment = decodeSegment(path.slice(path.lastIndexOf('/') + 1))
  const candidates = [lastSegment, ...new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt)).getAll('key')]
  let isFound = false
  for (const secret of secrets) {
    for (const candidate of candidates) isFound = isEqual(candidate, secret) || isFound
  }
  return isFound
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function isEqual(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length
  for (let at = 0; at < secret.length; at++) difference |= given.charCodeAt(at) ^ secret.charCodeAt(at)
  return difference === 0
}
