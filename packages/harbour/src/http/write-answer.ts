/**
 * Serialises responses for the devices' minimal client: HTTP/1.0, one header per line, `Content-Length` in exactly this
 * spelling (it looks for nothing else, and writes an empty file if it is missing), neither chunked nor compressed.
 */
import type { WireAnswer } from '@paikea/firmware/wire'

const REASONS: Readonly<Record<WireAnswer['status'], string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  411: 'Length Required',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** A response's headers, in the order they are written. */
export function headersOf(answer: WireAnswer): readonly (readonly [string, string])[] {
  return [
    ['Content-Type', answer.contentType],
    ['Content-Length', String(answer.body.length)],
    ['Cache-Control', 'no-store, no-transform'],
    ['Connection', 'close'],
  ]
}

/** Serialises the whole response. */
export function writeAnswer(answer: WireAnswer): Buffer {
  const head = [
    `HTTP/1.0 ${answer.status} ${REASONS[answer.status]}`,
    ...headersOf(answer).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), answer.body])
}
