import type {
  ConfigurationRejection,
  MessageRejection,
  SendResult,
  Sent,
  TryLater,
  UnknownOutcome,
} from './send-result.ts'

/**
 * The outcomes other than `sent` as errors, for callers that prefer `throw`. One class for each thing the caller does next; `result` is the outcome itself.
 * None carries a secret or the error underneath, which may hold the request.
 */
export abstract class SendError extends Error {
  abstract readonly result: Exclude<SendResult, Sent>
  /** The outcome's reason, for programs. */
  abstract readonly code: string
}

/** Tell the operator: login, modem, line rental, credit, or address. */
export class ConfigurationError extends SendError {
  override readonly name = 'ConfigurationError'
  readonly result: ConfigurationRejection
  readonly code: string

  constructor(result: ConfigurationRejection) {
    super(`refused because of the configuration: ${result.reason} (${result.code})`)
    this.result = result
    this.code = result.reason
  }
}

/** Our bug: this message can never go. */
export class MessageError extends SendError {
  override readonly name = 'MessageError'
  readonly result: MessageRejection
  readonly code: string

  constructor(result: MessageRejection) {
    super(`refused because of the message: ${result.reason} (${result.code})`)
    this.result = result
    this.code = result.reason
  }
}

/** Not accepted, for sure; may be sent again. */
export class TryLaterError extends SendError {
  override readonly name = 'TryLaterError'
  readonly result: TryLater
  readonly code: string

  constructor(result: TryLater) {
    super(`not accepted for now: ${result.reason} (${result.detail})`)
    this.result = result
    this.code = result.reason
  }
}

/** The vendor may have it: never send again without a person's decision. */
export class UnknownOutcomeError extends SendError {
  override readonly name = 'UnknownOutcomeError'
  readonly result: UnknownOutcome
  readonly code: string

  constructor(result: UnknownOutcome) {
    super(`may have been accepted: ${result.reason} (${result.detail})`)
    this.result = result
    this.code = result.reason
  }
}

/**
 * The sent message, or an error.
 *
 * @throws {ConfigurationError} @throws {MessageError} @throws {TryLaterError} @throws {UnknownOutcomeError}
 */
export function sentOrThrow(result: SendResult): Sent {
  switch (result.outcome) {
    case 'sent':
      return result
    case 'rejected':
      throw result.fault === 'configuration' ? new ConfigurationError(result) : new MessageError(result)
    case 'try-later':
      throw new TryLaterError(result)
    case 'unknown':
      throw new UnknownOutcomeError(result)
  }
}

/** Whether an error is one of these, also across two copies of this package, where `instanceof` fails. */
export function isSendError(error: unknown): error is SendError {
  if (!(typeof error === 'object' && error !== null && 'name' in error && 'result' in error)) return false
  return NAMES.has(error.name)
}

const NAMES: ReadonlySet<unknown> = new Set([
  'ConfigurationError',
  'MessageError',
  'TryLaterError',
  'UnknownOutcomeError',
])
