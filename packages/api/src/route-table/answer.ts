/** What a route answers. */
export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * 200 with a body that is written already, as many who ask for the same share it.
 *
 * @param bytes in the answer's media type; what they say is the business of whoever wrote them
 */
export function prepared(bytes: Buffer, headers: Readonly<Record<string, string>>): Answer<never> {
  // Stands in for the value that the bytes were made of.
  return { status: 200, body: bytes as never, headers }
}

/** 304: the caller has this answer. */
export function notModified(headers: Readonly<Record<string, string>>): Answer<never> {
  return { status: 304, body: undefined as never, headers }
}

/** The route writes to the response itself, as a stream does. */
export const TAKEN_OVER = Symbol('the route writes its own response')

/** 200 with a body. */
export function ok<T>(body: T): Answer<T> {
  return { status: 200, body }
}

/** 201 with the new thing and where it is. */
export function created<T>(body: T, location: string): Answer<T> {
  return { status: 201, body, headers: { Location: location } }
}

/** 204. */
export function noContent(): Answer<undefined> {
  return { status: 204, body: undefined }
}
