import { verifyWebhook, type VerifyResult } from '@paikea/rockblock-client'

import type { AdmittedBy, Refusal } from './delivery.ts'
import type { ReadDelivery } from './read-delivery.ts'

export type Admission =
  | { readonly ok: true; readonly admittedBy: AdmittedBy; readonly verificationNote: string | null }
  | ({ readonly ok: false } & Refusal)

/**
 * Decides whether to admit a delivery: by a correct secret, or by a valid vendor token whose claims match the body.
 * With a correct secret a bad token is no reason to refuse, but it is noted: the vendor's key may have changed. A known
 * sender's address admits deliveries without a token, during a migration.
 */
export async function admit({ delivery, parsed }: ReadDelivery, publicKey: string | undefined): Promise<Admission> {
  const { hasSecret, isFromKnownSender = false } = delivery
  const jwt = parsed.ok ? parsed.message.jwt : parsed.partial.jwt
  if (jwt === null) {
    if (hasSecret) return { ok: true, admittedBy: 'secret', verificationNote: null }
    if (isFromKnownSender) return { ok: true, admittedBy: 'address', verificationNote: null }
    return {
      ok: false,
      status: 'refused',
      reason: 'no-secret-no-token',
      detail: 'neither the right secret nor a token',
    }
  }
  // A token vouches only for its claims: with an unreadable body there is nothing to compare them with.
  const fault = parsed.ok ? await verify(parsed.message, publicKey) : 'body-unreadable'
  if (fault === null) return { ok: true, admittedBy: hasSecret ? 'secret+token' : 'token', verificationNote: null }
  if (hasSecret) return { ok: true, admittedBy: 'secret', verificationNote: fault }
  return { ok: false, status: 'refused', reason: 'token-invalid', detail: fault }
}

/** `null` if the token is valid, otherwise why it is not. */
async function verify(
  message: Parameters<typeof verifyWebhook>[0],
  publicKey: string | undefined,
): Promise<string | null> {
  let result: VerifyResult
  try {
    result = await verifyWebhook(message, publicKey === undefined ? {} : { publicKey })
  } catch (error) {
    // The configured key is invalid. A sender with the secret must not suffer for it.
    return error instanceof Error ? 'public-key-unusable' : 'verification-failed'
  }
  if (result.verified) return null
  return result.fields === undefined ? result.reason : `${result.reason}: ${result.fields.join(', ')}`
}
