import type { SendOutcome } from '../../send/outcome.ts'

const NO_QUEUE: ReadonlySet<string> = new Set([
  ...['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'InvalidAddress', 'QueueDeletedRecently'],
])
const DENIED: ReadonlySet<string> = new Set([
  ...['AccessDenied', 'AccessDeniedException', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'ExpiredToken'],
  ...['UnrecognizedClientException', 'InvalidAccessKeyId', 'InvalidSecurity', 'KmsAccessDenied', 'KmsDisabled'],
  ...['AuthFailure', 'IncompleteSignature', 'MissingAuthenticationToken', 'OptInRequired'],
])
const WRONG_MESSAGE: ReadonlySet<string> = new Set([
  ...['InvalidMessageContents', 'BatchRequestTooLong', 'BatchEntryIdsNotDistinct', 'InvalidParameterValue'],
])
const NEVER_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|CERT_\w+|ERR_TLS_\w+)$/
const TEXT_MAX = 300

/** What an SDK error means for the delivery. Unrecognised ones are temporary: it is sent again with the same id. */
export function outcomeOf(error: unknown): SendOutcome {
  const { name, code, status, message } = read(error)
  const answer = status === null ? {} : { status, answer: `${name}: ${message}` }
  const text = `${name}: ${message}`
  if (NO_QUEUE.has(name)) return { ...configuration('no-such-queue', status, text), ...answer }
  if (DENIED.has(name)) return { ...configuration('access-denied', status, text), ...answer }
  if (name === 'CredentialsProviderError') return configuration('no-credentials', null, text)
  if (message.includes('Region is missing')) return configuration('no-credentials', null, text)
  if (WRONG_MESSAGE.has(name)) {
    return { outcome: 'rejected', fault: 'message', reason: 'refused', code: status, text, ...answer }
  }
  // A definite refusal: the request was read and nothing was stored.
  if (status !== null && status >= 400)
    return { outcome: 'try-later', reason: wordOf(name), retryAfterMs: null, ...answer }
  if (NEVER_SENT.test(code)) return { outcome: 'try-later', reason: wordOf(code), retryAfterMs: null }
  // No answer, or not the service's (wrong checksum, a proxy's page): the message may have been stored.
  return { outcome: 'unknown', reason: wordOf(code === '' ? name : code) }
}

function configuration(reason: string, code: number | null, text: string): SendOutcome {
  return { outcome: 'rejected', fault: 'configuration', reason, code, text }
}

interface Fault {
  readonly name: string
  readonly code: string
  readonly status: number | null
  readonly message: string
}

function read(error: unknown): Fault {
  if (typeof error !== 'object' || error === null) return { name: 'Error', code: '', status: null, message: '' }
  const { name, code, message, $metadata }: Partial<Record<string, unknown>> = { ...error, ...own(error) }
  const status =
    typeof $metadata === 'object' && $metadata !== null && 'httpStatusCode' in $metadata
      ? $metadata.httpStatusCode
      : null
  const words = typeof message === 'string' ? message.slice(0, TEXT_MAX) : ''
  return {
    name: typeof name === 'string' ? name : 'Error',
    code: typeof code === 'string' ? code : codeIn(words),
    status: typeof status === 'number' ? status : null,
    message: words,
  }
}

/** The SDK wraps errors from another realm and keeps only their messages. */
function codeIn(words: string): string {
  if (words.includes('socket hang up')) return 'ECONNRESET'
  return /\bE[A-Z]{4,}\b/.exec(words)?.[0] ?? ''
}

/** `name` and `message` of an error are not its own enumerable properties. */
function own(error: object): Record<string, unknown> {
  return error instanceof Error ? { name: error.name, message: error.message } : {}
}

/** `TimeoutError` → `timeout-error`, `ECONNRESET` → `econnreset`. */
function wordOf(name: string): string {
  const spaced = /[a-z]/.test(name) ? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-') : name
  return spaced
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
}
