/** A route's response. */
export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * 200 with a body that is already serialised, for responses shared by many callers.
 *
 * @param bytes in the route's media type; whoever serialised them is responsible for the content
 */
export function prepared(bytes: Buffer, headers: Readonly<Record<string, string>>): Answer<never> {
  // Type-level stand-in for the value that was serialised.
  return { status: 200, body: bytes as never, headers }
}

/** 304: the caller already has this response. */
export function notModified(headers: Readonly<Record<string, string>>): Answer<never> {
  return { status: 304, body: undefined as never, headers }
}

/** The route writes to the response itself, as a stream does. */
export const TAKEN_OVER = Symbol('the route writes its own response')

/** 200 with a body. */
export function ok<T>(body: T): Answer<T> {
  return { status: 200, body }
}

/** 201 with the created resource and its location. */
export function created<T>(body: T, location: string): Answer<T> {
  return { status: 201, body, headers: { Location: location } }
}

/** 204. */
export function noContent(): Answer<undefined> {
  return { status: 204, body: undefined }
}
