/**
 * What the caller does next: `retry` automatically with growing pauses, `park` until someone has fixed the cause,
 * `refuse` for good because the commit itself cannot become a release.
 */
export type Reaction = 'retry' | 'park' | 'refuse'

/** Why a release could not be made. The codes are part of the API. */
export type FailureCode =
  | 'repository-not-configured'
  | 'repository-address-invalid'
  | 'repository-not-found'
  | 'repository-empty'
  | 'repository-damaged'
  | 'repository-format'
  | 'not-a-repository'
  | 'git-missing'
  | 'ssh-missing'
  | 'key-refused'
  | 'key-unreadable'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'login-refused'
  | 'certificate-refused'
  | 'redirected'
  | 'host-not-found'
  | 'host-unreachable'
  | 'host-silent'
  | 'transfer-stalled'
  | 'transfer-broken'
  | 'server-error'
  | 'disk-full'
  | 'disk-error'
  | 'ref-not-found'
  | 'ref-ambiguous'
  | 'ref-invalid'
  | 'not-a-commit'
  | 'signature-refused'
  | 'pack-too-large'
  | 'content-refused'

/** A problem in a commit that keeps it from becoming a release. */
export interface ContentProblem {
  /** Path inside the repository, without a leading `./`. Control characters are escaped. */
  readonly path: string
  readonly code: string
  /** For users. */
  readonly message: string
}

/** A release could not be made: why in plain words, what to do, and whether a retry helps. */
export class FirmwareError extends Error {
  override readonly name = 'FirmwareError'
  readonly code: FailureCode
  readonly reaction: Reaction
  /** What a user can do about it. */
  readonly whatToDo: string
  readonly problems: readonly ContentProblem[]

  constructor(
    code: FailureCode,
    reaction: Reaction,
    message: string,
    options: {
      readonly whatToDo: string
      readonly problems?: readonly ContentProblem[]
      readonly cause?: unknown
    },
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.reaction = reaction
    this.whatToDo = options.whatToDo
    this.problems = options.problems ?? []
  }
}

/** Converts a file system error into a `FirmwareError`; returns anything else unchanged. */
export function fromFileSystem(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FirmwareError('disk-full', 'retry', 'The disk of the firmware folder is full.', {
      whatToDo: 'Free space on the disk that holds PAIKEA_FIRMWARE_BASE. The fetch continues automatically.',
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'EIO') {
    return new FirmwareError('disk-error', 'retry', `The firmware folder cannot be written (${code}).`, {
      whatToDo: 'Give the service write access to PAIKEA_FIRMWARE_BASE. The fetch continues automatically.',
      cause: error,
    })
  }
  return error
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
