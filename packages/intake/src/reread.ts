import type { Database, NewInbound } from '@paikea/database'
import { decode as decodePacket } from '@paikea/packets'
import type { WebhookFormat } from '@paikea/rockblock-client'

import type { AdmittedBy } from './delivery.ts'
import { findModemOf } from './find-modem.ts'
import { readDelivery } from './read-delivery.ts'
import type { Decode } from './read-packet.ts'
import { toInbound } from './to-inbound.ts'

/** A message as it was stored, as far as reading it again needs it. */
export interface StoredDelivery {
  readonly duplicateKey: string
  readonly format: string
  readonly rawBody: Uint8Array
  readonly contentType: string | null
  readonly receivedAt: Date
  readonly sourceAddress: string | null
  readonly verifiedBy: string
  readonly verificationNote: string | null
}

/** How it is read this time. */
export interface RereadOptions {
  /**
   * A person has said that a payload marked as damaged is to be read anyway.
   * @default false
   */
  readonly isReleased?: boolean
  /** @default `decode` of @paikea/packets */
  readonly decode?: Decode
}

/**
 * Reads a stored message by today's rules, from its raw body, as if it came now but was received then. Stores nothing; key, arrival and
 * what let it in stay what they were.
 */
export async function reread(db: Database, stored: StoredDelivery, options: RereadOptions = {}): Promise<NewInbound> {
  const { format, rawBody, contentType, receivedAt, sourceAddress, verificationNote } = stored
  const read = await readDelivery({
    format: asFormat(format),
    body: rawBody,
    contentType,
    receivedAt,
    sourceAddress,
    hasSecret: stored.verifiedBy !== 'token',
  })
  const { isReleased = false, decode = decodePacket } = options
  const admission = { admittedBy: asAdmittedBy(stored.verifiedBy), verificationNote }
  const item = toInbound(await findModemOf(db, read), admission, { decode, isReleased })
  return { ...item, duplicateKey: stored.duplicateKey }
}

const ADMISSIONS: readonly AdmittedBy[] = ['secret', 'token', 'secret+token', 'address', 'import']

/** The column holds a format written by the intake; anything else counts as the oldest format. */
function asFormat(stored: string): WebhookFormat {
  return stored === 'core-push' || stored === 'cloudloop' ? stored : 'rockblock'
}

function asAdmittedBy(stored: string): AdmittedBy {
  return ADMISSIONS.find((admission) => admission === stored) ?? 'secret'
}
