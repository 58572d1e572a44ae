import type {
  ConfigurationRejection,
  MessageRejection,
  SendResult,
  Sent,
  TryLater,
  UnknownOutcome,
} from './send-result.ts'

/** Every outcome but `sent`. */
export type NotSent = Exclude<SendResult, Sent>

/**
 * The outcomes other than `sent` as errors, for callers that prefer exceptions: one class per reaction of the caller.
 * None carries a secret, nor the underlying error, which may contain the request.
 */
export abstract class SendError<Result extends NotSent = NotSent> extends Error {
  /** The outcome itself. */
  readonly result: Result
  /** The outcome's reason, for programs. */
  readonly code: Result['reason']

  /** For the classes below. */
  constructor(message: string, result: Result) {
    super(message)
    this.result = result
    this.code = result.reason
  }
}

/** Tell the operator: credentials, modem, line rental, credit, or URL. */
export class ConfigurationError extends SendError<ConfigurationRejection> {
  /** Identifies the class, even across copies of this package. */
  override readonly name = 'ConfigurationError'

  /** For an outcome of this kind. */
  constructor(result: ConfigurationRejection) {
    super(`refused because of the configuration: ${result.reason} (${result.code})`, result)
  }
}

/** Our bug: this message can never be sent. */
export class MessageError extends SendError<MessageRejection> {
  /** Identifies the class, even across copies of this package. */
  override readonly name = 'MessageError'

  /** For an outcome of this kind. */
  constructor(result: MessageRejection) {
    super(`refused because of the message: ${result.reason} (${result.code})`, result)
  }
}

/** Not accepted (after a 5xx: very probably not); may be sent again. */
export class TryLaterError extends SendError<TryLater> {
  /** Identifies the class, even across copies of this package. */
  override readonly name = 'TryLaterError'

  /** For an outcome of this kind. */
  constructor(result: TryLater) {
    super(`not accepted for now: ${result.reason} (${result.detail})`, result)
  }
}

/** The vendor may have it: never send again without a person's decision. */
export class UnknownOutcomeError extends SendError<UnknownOutcome> {
  /** Identifies the class, even across copies of this package. */
  override readonly name = 'UnknownOutcomeError'

  /** For an outcome of this kind. */
  constructor(result: UnknownOutcome) {
    super(`may have been accepted: ${result.reason} (${result.detail})`, result)
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

/** Whether an error is one of these, even across two copies of this package, where `instanceof` fails. */
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
