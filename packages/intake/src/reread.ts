import type { Database, NewInbound } from '@paikea/database'
import { decode as decodePacket } from '@paikea/packets'
import type { WebhookFormat } from '@paikea/rockblock-client'

import type { AdmittedBy } from './delivery.ts'
import { findModemOf } from './find-modem.ts'
import { readDelivery } from './read-delivery.ts'
import type { Decode } from './read-packet.ts'
import { toInbound } from './to-inbound.ts'

/** The parts of a stored message needed to decode it again. */
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

/** How to decode it this time. */
export interface RereadOptions {
  /**
   * A user has decided that a payload marked as damaged should be decoded anyway.
   * @default false
   */
  readonly isReleased?: boolean
  /** @default `decode` of @paikea/packets */
  readonly decode?: Decode
}

/**
 * Decodes a stored message by the present rules, from its raw body, with its original arrival time. Stores nothing;
 * key, arrival and admission stay unchanged.
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
