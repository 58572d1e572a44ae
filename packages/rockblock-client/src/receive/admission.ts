/** Who may deliver. A secret in the address, the vendor's signature, or both ways in; everybody only if said so. */
export interface AdmissionOptions {
  /**
   * Accepted as the last segment of the path or as `?key=`; several while one is being replaced. The vendor cannot be given a
   * header, so the address is where a shared secret has to sit: keep it out of access logs.
   * @default no secret lets in
   */
  readonly secret?: string | readonly string[]
  /**
   * Whether a valid token whose claims equal the body lets in: `true` for the vendor's key, or a key. Anybody with an account of the
   * vendor can have such tokens signed for modems of his own: check the IMEI against yours.
   * @default false
   */
  readonly token?: boolean | string | CryptoKey
  /**
   * Let in everybody, behind something else that protects the address.
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

/** Whether an address holds one of the secrets. Takes the same time wherever a wrong one differs. */
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
