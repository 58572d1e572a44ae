import {
  type Database,
  type DueNotice,
  deletePushSubscription,
  findDeviceNames,
  findEndpoint,
  findPushSubscription,
  listDueNotices,
  loadEndpointSecrets,
  recordNotices,
} from '@paikea/database'
import { sendBody, type SendSettings } from '@paikea/delivery'
import type { Log } from '@paikea/domain'
import type { Mailer } from '../channels/mailer.ts'
import type { PushSender } from '../channels/push.ts'
import { writeForProgram, writeMail, writePush } from '../channels/words.ts'

/** Notices per round; the rest follow in the next. */
const MOST_IN_A_ROUND = 500
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
/** Two days of hourly attempts. */
const MOST_ATTEMPTS = 54

/** The ways to notify. */
export interface Channels {
  /** `null`: no mail server is configured. */
  readonly mailer: Pick<Mailer, 'send'> | null
  readonly sending: SendSettings
  /** @default no push messages */
  readonly push?: Pick<PushSender, 'send'> | undefined
  readonly publicUrl: string | null
}

/** Sends what is due. A failing channel is retried for two days; the others are unaffected. */
export async function tellDue(
  db: Database,
  channels: Channels,
  { now, log }: { readonly now: Date; readonly log: Log },
): Promise<{ readonly told: number; readonly failed: number }> {
  const due = await listDueNotices(db, { now, limit: MOST_IN_A_ROUND })
  const parcels = parcelsOf(due)
  const results = await Promise.all(
    parcels.map(async (parcel) => {
      const error = await tell(db, channels, parcel).then(
        () => null,
        (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
      )
      const attempts = (parcel[0]?.attempts ?? 0) + 1
      const ids = parcel.map(({ id }) => id)
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS)
      const again = attempts >= MOST_ATTEMPTS ? null : new Date(now.getTime() + pauseMs)
      await recordNotices(db, {
        ids,
        attempts,
        error,
        sentAt: error === null ? now : null,
        dueAt: error === null ? null : again,
      })
      if (error !== null) log.warn('alert.not-told', { channel: parcel[0]?.channel, attempts, error })
      return { told: error === null ? ids.length : 0, failed: error === null ? 0 : ids.length }
    }),
  )
  return {
    told: results.reduce((sum, { told }) => sum + told, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  }
}

/** A user gets one mail with everything due; programs and browsers get one message per alert. */
function parcelsOf(due: readonly DueNotice[]): readonly (readonly DueNotice[])[] {
  const parcels = new Map<string, DueNotice[]>()
  for (const notice of due) {
    const key =
      notice.channel === 'email'
        ? `${notice.address} ${String(notice.attempts)}`
        : `${notice.channel}/${String(notice.id)}`
    parcels.set(key, [...(parcels.get(key) ?? []), notice])
  }
  return [...parcels.values()]
}

async function tell(db: Database, channels: Channels, parcel: readonly DueNotice[]): Promise<void> {
  const [first] = parcel
  if (first === undefined) return
  if (first.channel === 'email') {
    if (channels.mailer === null) throw new Error('no mail server is configured (PAIKEA_SMTP_URL)')
    const id = `alert-${String(first.alertId)}-${first.phase}-${String(first.id)}`
    await channels.mailer.send({ to: first.address, ...writeMail(parcel, channels.publicUrl), id })
    return
  }
  if (first.channel === 'push') {
    await tellBrowser(db, channels, first)
    return
  }
  const endpointId = Number(first.address)
  const endpoint = await findEndpoint(db, { scope: { all: true }, id: endpointId })
  if (endpoint === null) throw new Error('the endpoint is gone')
  const { deviceId } = first.alert
  const name = deviceId === null ? null : (await findDeviceNames(db, { deviceIds: [deviceId] })).get(deviceId)
  const secrets = await db.write((tx) => loadEndpointSecrets(db, { endpointId }, tx))
  const deliveryId = `alert-${String(first.alertId)}-${first.phase}`
  const end = await sendBody(
    { ...endpoint, secrets },
    { deliveryId, body: writeForProgram(first, name?.iam ?? null) },
    channels.sending,
  )
  if (end.outcome !== 'sent') throw new Error(`the endpoint did not accept it: ${end.reason}`)
}

/** A browser that is gone or has unsubscribed counts as notified: there is no one left to reach. */
async function tellBrowser(db: Database, { push }: Channels, notice: DueNotice): Promise<void> {
  const id = Number(notice.address)
  const subscription = await findPushSubscription(db, { id })
  if (subscription === null) return
  if (push === undefined) throw new Error('this process cannot notify browsers')
  if ((await push.send(subscription, writePush(notice))) === 'gone') {
    await db.write((tx) => deletePushSubscription(db, { id }, tx))
  }
}
