import type { AdmittedBy, Delivery, Envelope } from './delivery.ts'

/** Packs an admitted delivery. */
export function toEnvelope(
  delivery: Delivery,
  admission: { readonly admittedBy: AdmittedBy; readonly verificationNote: string | null },
): Envelope {
  const { body, format, contentType, receivedAt, sourceAddress, hasSecret } = delivery
  return {
    format,
    bodyBase64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
    contentType,
    receivedAt: receivedAt.toISOString(),
    sourceAddress,
    hasSecret,
    admittedBy: admission.admittedBy,
    verificationNote: admission.verificationNote,
  }
}

/** The delivery in an envelope. */
export function fromEnvelope(envelope: Envelope): Delivery {
  const { bodyBase64, format, contentType, receivedAt, sourceAddress, hasSecret } = envelope
  return {
    format,
    body: Buffer.from(bodyBase64, 'base64'),
    contentType,
    receivedAt: new Date(receivedAt),
    sourceAddress,
    hasSecret,
  }
}
