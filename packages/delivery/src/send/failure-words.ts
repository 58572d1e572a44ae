const NOT_REACHED = /^(?:not-connected|econnrefused|enotfound|eai-\w+|ehostunreach|enetunreach|eaddrnotavail)$/
const BROKEN = /^(?:connection-lost|econnreset|epipe|und-err-socket)$/
const CERTIFICATE = /^(?:cert|err-tls|depth-zero|self-signed|unable-to-(?:verify|get))/
const STATUS = /^http-(\d{3})$/

const SENTENCES: Readonly<Record<string, (receiver: string) => string>> = {
  timeout: (receiver) => `${receiver} did not answer in time.`,
  'timed-out': (receiver) => `${receiver} did not answer in time.`,
  'gateway-timeout': (receiver) => `A gateway in front of ${lowered(receiver)} timed out.`,
  'too-many-requests': (receiver) => `${receiver} accepts no more requests for now.`,
  redirected: (receiver) => `${receiver} redirected us to another URL, which we do not follow.`,
  'out-of-reach': (receiver) => `${receiver} is at a private address outside PAIKEA_PRIVATE_TARGETS.`,
  'server-error': (receiver) => `${receiver} has an internal error.`,
  'system-error': (receiver) => `${receiver} has an internal error.`,
  'no-answer-for-it': (receiver) => `${receiver} did not say whether it accepted the message.`,
  'no-free-slot': () => 'Other deliveries went first.',
  'database-slow': () => 'Our own database was too slow; nothing was sent.',
  'aborted-before-sending': () => 'Paikea stopped before anything was sent.',
  aborted: () => 'Paikea stopped during the request.',
}

/**
 * What went wrong in an attempt, as a sentence for people.
 *
 * @param receiver its subject: `The queue`
 * @param reason the code; an unknown one is quoted
 */
export function failureWords(receiver: string, reason: string): string {
  const sentence = SENTENCES[reason]
  if (sentence !== undefined) return sentence(receiver)
  if (NOT_REACHED.test(reason)) return `${receiver} could not be reached (${reason}).`
  if (BROKEN.test(reason)) return `The connection to ${lowered(receiver)} broke before it answered.`
  if (CERTIFICATE.test(reason)) return `${receiver} has a certificate that we cannot trust (${reason}).`
  const status = STATUS.exec(reason)?.[1]
  return status === undefined ? `The attempt failed (${reason}).` : `${receiver} answered ${status}.`
}

/** For the middle of a sentence. */
function lowered(receiver: string): string {
  return receiver.charAt(0).toLowerCase() + receiver.slice(1)
}
