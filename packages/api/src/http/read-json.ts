import { ApiError } from './api-error.ts'
import type { ApiContext } from './context.ts'
import { readBody } from './read-body.ts'

/** What someone who is logged in may send. */
const BOUNDS = { maxBytes: 256 * 1024, timeoutMs: 10_000 }
/** And a stranger: a log-in is a few hundred bytes. */
const STRANGERS_BOUNDS = { maxBytes: 8 * 1024, timeoutMs: 5_000 }

/**
 * The JSON body of a request. The content type is insisted on: a form of another site cannot send it.
 *
 * @throws ApiError 415 for another type, 400 for broken JSON or text that is not UTF-8
 * @throws BodyError
 */
export async function readJson(
  ctx: Pick<ApiContext, 'req' | 'get'>,
  options: { readonly isStranger: boolean },
): Promise<unknown> {
  // No body at all is an empty object: what a request needs, its schema then asks for by name.
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
