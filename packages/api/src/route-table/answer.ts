/** What a route answers. */
export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly headers?: Readonly<Record<string, string>>
}

/** The route writes to the response itself, as a stream does. */
export const TAKEN_OVER = Symbol('the route answers by itself')

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
