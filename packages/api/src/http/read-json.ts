import { ApiError } from './api-error.ts'
import type { ApiContext } from './context.ts'
import { readBody } from './read-body.ts'

/** Bounds for authenticated callers. */
const BOUNDS = { maxBytes: 256 * 1024, timeoutMs: 10_000 }
/** Bounds for anonymous callers: a login is a few hundred bytes. */
const STRANGERS_BOUNDS = { maxBytes: 8 * 1024, timeoutMs: 5_000 }

/**
 * Parses the JSON body of a request. Requires the JSON content type, which a form on another site cannot send.
 *
 * @throws ApiError 415 for another type, 400 for malformed JSON or text that is not UTF-8
 * @throws BodyError
 */
export async function readJson(
  ctx: Pick<ApiContext, 'req' | 'get'>,
  options: { readonly isStranger: boolean },
): Promise<unknown> {
  // A missing body counts as an empty object; the schema then reports required fields by name.
  if ((ctx.get('content-length') || '0') === '0' && ctx.get('transfer-encoding') === '') return {}
  const mediaType = ctx.get('content-type').split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') {
    throw new ApiError(415, 'not-json', 'Send the body as application/json.')
  }
  const encoding = ctx.get('content-encoding')
  if (encoding !== '' && encoding !== 'identity') {
    throw new ApiError(415, 'compressed-body', 'Send the body without compression.')
  }
  const bytes = await readBody(ctx.req, options.isStranger ? STRANGERS_BOUNDS : BOUNDS)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text)
  } catch {
    throw new ApiError(400, 'broken-json', 'The body is not valid JSON.')
  }
}
