import { encodingOf, guessEncoding, readBody } from './body-fields.ts'
import { parseCloudloop } from './cloudloop-message.ts'
import { parseCorePush } from './core-push-message.ts'
import { excerpt, scalarText, type FieldSource } from './field-reader.ts'
import type { ParseFailureReason, ParseResult, PartialMessage, WebhookFormat } from './message.ts'
import { readPartial } from './partial-message.ts'
import { parseRockBlock } from './rockblock-message.ts'
import { parseShortTime } from './vendor-time.ts'

/** What the caller knows besides the body. */
export interface ParseOptions {
  /**
   * The format expected at this URL: the fallback for bodies whose fields do not identify it. The vendor's portals offer old and new formats
   * for any address, so the fields decide.
   * @default 'rockblock'
   */
  readonly format?: WebhookFormat
  /**
   * When the delivery arrived. If given, a `transmit_time` more than a day ahead of it is recorded in `problems`.
   * @default no such check
   */
  readonly receivedAt?: Date
}

const NOTHING: PartialMessage = { imei: null, momsn: null, transmitTime: null, serial: null, jwt: null }

/**
 * Parses the body of a delivery.
 *
 * Never throws for data: a body that is not a message yields a reason, because it has to be kept and answered with 200
 * anyway (for anything else the vendor retries fourteen times over six days). Strict about essential fields (IMEI,
 * time, payload, and the number that identifies the message), tolerant about the rest: any other unreadable field is
 * `null` and listed in `problems`.
 *
 * @param bytes the body exactly as received
 * @param contentType the `Content-Type` header; only its media type counts
 */
export function parseWebhook(bytes: Uint8Array, contentType: string | null, options: ParseOptions = {}): ParseResult {
  const encoding = encodingOf(contentType)
  if (encoding === null) {
    const detail = contentType === null ? 'no Content-Type' : `Content-Type ${excerpt(contentType)}`
    const guess = readBody(bytes, guessEncoding(bytes))
    const partial = guess.ok ? partialOf(guess.source, options.format) : NOTHING
    return failure(bytes, options.format ?? null, { code: 'wrong-content-type', field: null, detail }, partial)
  }
  const body = readBody(bytes, encoding)
  if (!body.ok) return failure(bytes, options.format ?? null, body.reason, NOTHING)

  const format = recogniseFormat(body.source, options.format)
  const parsed = parsers[format](body.source, bytes, options.receivedAt)
  if (parsed.ok) return parsed
  return failure(bytes, format, parsed.reason, partialOf(body.source, format))
}

const parsers = { rockblock: parseRockBlock, 'core-push': parseCorePush, cloudloop: parseCloudloop }

/**
 * Only Cloudloop nests; among flat bodies only RockBLOCK's have a time in short form beside hex data, and only the Core
 * Push API has a transport, a trigger or an `id`.
 */
function recogniseFormat({ fields }: FieldSource, fallback: WebhookFormat = 'rockblock'): WebhookFormat {
  if (isObject(fields['identity']) || isObject(fields['sbd']) || isObject(fields['imt'])) return 'cloudloop'
  if ('data' in fields && parseShortTime(scalarText(fields['transmit_time']) ?? '') !== null) return 'rockblock'
  if ('id' in fields || 'transport' in fields || 'trigger' in fields || 'txAt' in fields) return 'core-push'
  return 'data' in fields ? 'rockblock' : fallback
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function partialOf(source: FieldSource, format: WebhookFormat | undefined): PartialMessage {
  return readPartial(source.fields, recogniseFormat(source, format))
}

function failure(
  raw: Uint8Array,
  format: WebhookFormat | null,
  reason: ParseFailureReason,
  partial: PartialMessage,
): ParseResult {
  return { ok: false, format, reason, partial, raw }
}
