import { ECDH } from 'node:crypto'
import { isIP } from 'node:net'
import { deletePushSubscription, insertPushSubscription } from '@paikea/database'
import { hostOf, type Reach } from '@paikea/delivery'
import { operation } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'

/** A browser's push subscription, as its own API describes it. */
export interface PushWish {
  readonly endpoint: string
  /** base64url */
  readonly p256dh: string
  readonly auth: string
  readonly userAgent: string | null
  /** Which addresses may be connected to. @default none by plain HTTP */
  readonly reach?: Reach | undefined
}

/**
 * Subscribes a browser of the caller to alerts.
 *
 * @returns its id
 * @throws Refusal `conflict` for a token; `invalid` for an invalid address or key
 */
export const subscribeBrowser = operation<PushWish, number>('push.subscribed', async ({ db, tx, caller }, wish) => {
  const { endpoint, p256dh, auth, userAgent, reach } = wish
  const userId = caller.ownerUserId
  if (userId === null) throw refuseConflict('no-account', 'A token has no browser.')
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (url === null || !isSendable(url, reach)) throw refuseField('endpoint', 'bad-address', 'must be an https URL')
  if (!isPublicKey(p256dh)) throw refuseField('keys.p256dh', 'bad-key', 'must be a point on P-256')
  const id = await insertPushSubscription(db, { userId, endpoint, p256dh, auth, userAgent }, tx)
  // The full address is as sensitive as a secret.
  const after = { service: url.host }
  return { result: id, subject: `user/${String(userId)}/browser/${String(id)}`, groupId: null, before: null, after }
})

/** Unsubscribes a browser. @throws Refusal `not-found`, also for someone else's */
export const unsubscribeBrowser = operation<{ readonly id: number }, void>(
  'push.unsubscribed',
  async ({ db, tx, caller }, { id }) => {
    const userId = caller.ownerUserId
    if (userId === null || !(await deletePushSubscription(db, { id, userId }, tx))) throw refuseUnknown('browser')
    const subject = `user/${String(userId)}/browser/${String(id)}`
    return { result: undefined, subject, groupId: null, before: null, after: null }
  },
)

/** Host names are judged again, by what they resolve to, when something is sent. */
function isSendable(url: URL, reach: Reach | undefined): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return isIP(hostOf(url)) === 0 || (reach?.allows(hostOf(url), 'https:') ?? false)
  return url.protocol === 'http:' && isIP(hostOf(url)) !== 0 && (reach?.allows(hostOf(url), 'http:') ?? false)
}

function isPublicKey(p256dh: string): boolean {
  try {
    ECDH.convertKey(p256dh, 'prime256v1', 'base64url', 'hex', 'uncompressed')
    return true
  } catch {
    return false
  }
}
