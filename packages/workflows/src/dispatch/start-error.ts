/**
 * Why a start failed, by what to do next: `unavailable` (it did not happen; retry later), `ambiguous` (it may have
 * happened; retry with the same id), `refused` (this one cannot be started), and two that the starter handles itself.
 */
export type StartErrorKind = 'unavailable' | 'ambiguous' | 'refused' | 'attributes-missing' | 'not-found'

/** A workflow could not be started or signalled. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly kind: StartErrorKind

  constructor(kind: StartErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

// gRPC status codes as numbers, so that nothing here depends on a particular copy of the gRPC library.
const INVALID_ARGUMENT = 3
const DEADLINE_EXCEEDED = 4
const NOT_FOUND = 5
const PERMISSION_DENIED = 7

const kinds: ReadonlyMap<number, StartErrorKind> = new Map([
  [1, 'ambiguous'], // cancelled in flight
  [INVALID_ARGUMENT, 'refused'],
  [DEADLINE_EXCEEDED, 'ambiguous'],
  [NOT_FOUND, 'not-found'],
  [PERMISSION_DENIED, 'unavailable'],
])

/** Maps any SDK error to one of the kinds. */
export function toStartError(error: unknown): StartError {
  if (error instanceof StartError) return error
  const chain = causesOf(error)
  const text = textOf(chain)
  if (chain.some(isWorkflowNotFound)) return new StartError('not-found', text, { cause: error })
  const code = chain.flatMap((at) => ('code' in at && typeof at.code === 'number' ? [at.code] : []))[0]
  if (code === INVALID_ARGUMENT && /search attribute/i.test(text)) {
    return new StartError('attributes-missing', text, { cause: error })
  }
  // Unless an error is known to be the message's own fault, blame the server and retry.
  return new StartError((code === undefined ? undefined : kinds.get(code)) ?? 'unavailable', text, { cause: error })
}

function causesOf(error: unknown): readonly object[] {
  const chain: object[] = []
  for (let at: unknown = error; typeof at === 'object' && at !== null && chain.length < 5;) {
    chain.push(at)
    at = 'cause' in at ? at.cause : null
  }
  return chain
}

/** The two kinds of connection put the server's message in different places. */
function textOf(chain: readonly object[]): string {
  const texts = chain.flatMap((at) => [
    'message' in at && typeof at.message === 'string' ? at.message : '',
    'details' in at && typeof at.details === 'string' ? at.details : '',
  ])
  return [...new Set(texts.filter((text) => text !== ''))].join(': ')
}

function isWorkflowNotFound(error: object): boolean {
  return 'name' in error && error.name === 'WorkflowNotFoundError'
}
