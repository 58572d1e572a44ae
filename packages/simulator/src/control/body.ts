import type { IncomingMessage } from 'node:http'

import type { Context } from 'koa'

import { Problem } from './problem.ts'

/**
 * Reads a request's body.
 * @throws Problem 413 above `limitBytes`
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  const tooLarge = new Problem(413, 'body-too-large', `at most ${limitBytes} bytes`)
  if (announced > limitBytes) throw tooLarge
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    // A request stream without an encoding yields buffers.
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > limitBytes) throw tooLarge
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

const LARGEST_CONTROL_BODY_BYTES = 64 * 1024

/**
 * Reads the JSON body of a control request; an empty one counts as an empty object.
 * @throws Problem 413, 415 if the type is not JSON, 400 if the content is not
 */
export async function jsonBody({ req: request }: Context): Promise<unknown> {
  const body = await readBody(request, LARGEST_CONTROL_BODY_BYTES)
  if (body.length === 0) return {}
  // Requiring the type keeps pages of other origins out: they cannot send it without a preflight.
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new Problem(415, 'not-json', 'Content-Type must be application/json')
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return value
  } catch {
    throw new Problem(400, 'broken-json', 'the body is not JSON')
  }
}
