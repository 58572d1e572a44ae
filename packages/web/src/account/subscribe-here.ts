/** Whether this browser, at this address, can receive messages with no page open. */
export function canBeTold(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
}

/**
 * Subscribes this browser at its vendor's push service.
 *
 * @param publicKey of the service, base64url
 * @throws Error for the user, if the user or the browser declines
 */
export async function subscribeHere(publicKey: string): Promise<{
  readonly endpoint: string
  readonly expirationTime: number | null
  readonly keys: { readonly p256dh: string; readonly auth: string }
}> {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('Notifications are blocked in this browser.')
  const { pushManager } = await navigator.serviceWorker.ready
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }).catch(() => {
    throw new Error('The push service of this browser cannot be reached.')
  })
  const { endpoint = '', expirationTime = null, keys = {} } = made.toJSON()
  return { endpoint, expirationTime, keys: { p256dh: keys['p256dh'] ?? '', auth: keys['auth'] ?? '' } }
}
