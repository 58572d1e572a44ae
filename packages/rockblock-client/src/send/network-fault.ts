/**
 * What a failed `fetch` reveals about whether the request left the machine. Node puts a code on the error's causes,
 * Deno says it in words. Anything unrecognised counts as "may have left".
 */

const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'],
])
/** Stages of a connection that precede the first byte of a request. */
const EARLY_CALLS: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo'])
const EARLY_WORDS = /client error \(Connect\)|connection refused|dns error|failed to lookup address/i
/** Only what a runtime writes: a code set by anyone else may be anything. */
const CODE = /^[A-Z][A-Z0-9_]{1,39}$/
/** Deep enough for `TypeError` → `AggregateError` → one per address. */
const MOST_LEVELS = 5

/** Whether the failure happened before anything was sent. */
export function isNeverConnected(error: unknown): boolean {
  return chain(error).some(
    ({ code, syscall, message }) => NEVER_CONNECTED.has(code) || EARLY_CALLS.has(syscall) || EARLY_WORDS.test(message),
  )
}

/**
 * A short code for logs. Never the error's message: it may contain the URL, and a wrapper's may contain the request.
 */
export function networkCode(error: unknown): string {
  const links = chain(error)
  const known = links.find(({ code }) => code !== '')
  if (known !== undefined) return known.code
  return links.some(({ message }) => EARLY_WORDS.test(message)) ? 'not-connected' : 'fetch-failed'
}

interface Link {
  readonly code: string
  readonly syscall: unknown
  readonly message: string
}

/** The error and its causes, by shape rather than by class: they may come from another realm. */
function chain(error: unknown): readonly Link[] {
  const links: Link[] = []
  let level: unknown[] = [error]
  for (let depth = 0; depth < MOST_LEVELS && level.length > 0; depth++) {
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      const code = 'code' in item && typeof item.code === 'string' && CODE.test(item.code) ? item.code : ''
      const syscall = 'syscall' in item ? item.syscall : undefined
      const message = 'message' in item && typeof item.message === 'string' ? item.message : ''
      links.push({ code, syscall, message })
      if ('cause' in item) next.push(item.cause)
      if ('errors' in item && Array.isArray(item.errors)) next.push(...item.errors)
    }
    level = next
  }
  return links
}
