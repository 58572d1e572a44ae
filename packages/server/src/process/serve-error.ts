/** The process cannot do its work; the message is one line for the operator. */
export class ServeError extends Error {
  override readonly name = 'ServeError'
  /** A restart will not help: something has to be fixed first. */
  readonly isFinal: boolean

  constructor(message: string, options: { readonly isFinal: boolean; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.isFinal = options.isFinal
  }
}
