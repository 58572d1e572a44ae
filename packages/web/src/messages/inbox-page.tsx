import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { CommandButtons } from '../device/command-buttons.tsx'
import { commandReason, orderWords } from '../device/command-words.ts'
import { reasonText } from '../format/codes.ts'
import { formatCoordinates } from '../format/coordinates.ts'
import { useSession } from '../session/use-session.tsx'
import { actorWords } from '../shell/actor-words.ts'
import { useLive } from '../shell/live.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { AlertCard } from '../setup/alert-card.tsx'
import { AcceptButton } from './accept-button.tsx'
import { AccountCard, EndpointCard } from './stopped-cards.tsx'
import { findJumps } from './find-jumps.ts'
import { DeliveryButtons, deliveryWords, isStopped } from './delivery-buttons.tsx'

const MOST = 50
/** Alerts whose cause this page already lists, with a button. */
const SHOWN_ANYWAY: ReadonlySet<string> = new Set(['position-frozen', 'position-implausible', 'deliveries-parked'])
/** Reloaded together with outbound messages, which most of this page is about. */
const INBOX_KEY = ['outbound', 'inbox']

/** What needs an operator: what it is, what to do, and a button to do it. */
export function InboxPage() {
  const { t, language, moment, coordinates } = usePreferences()
  const { user } = useSession()
  const { fleet, readAt } = useLive()
  const waiting = useQuery({
    queryKey: INBOX_KEY,
    queryFn: async ({ signal }) => {
      const [parked, unknown, queued, quarantined, unclaimed, held, alerts, accounts, endpoints] = await Promise.all([
        callApi('GET /v1/messages/outbound', { query: { state: 'parked', limit: MOST }, signal }),
        callApi('GET /v1/messages/outbound', { query: { state: 'unknown', limit: MOST }, signal }),
        callApi('GET /v1/messages/outbound', { query: { state: 'queued', limit: MOST }, signal }),
        callApi('GET /v1/messages/inbound', { query: { state: 'quarantined', limit: MOST }, signal }),
        callApi('GET /v1/modems', { query: { claimed: 'false', limit: MOST }, signal }),
        callApi('GET /v1/commands', { query: { state: 'needs-decision', limit: MOST }, signal }),
        callApi('GET /v1/alerts', { query: { state: 'open', limit: MOST }, signal }),
        callApi('GET /v1/vendor-accounts', { signal }),
        callApi('GET /v1/endpoints', { query: { limit: MOST }, signal }),
      ])
      return {
        outbound: [...parked.items, ...unknown.items, ...queued.items.filter(isStopped)],
        quarantined: quarantined.items,
        unclaimed: unclaimed.items.filter(({ claimed }) => !claimed),
        held: held.items,
        accounts: accounts.items.filter(({ state }) => state === 'parked'),
        endpoints: endpoints.items.filter(({ state }) => state === 'parked'),
        alerts: alerts.items.filter(({ kind, acknowledgedAt }) => acknowledgedAt === null && !SHOWN_ANYWAY.has(kind)),
      }
    },
    refetchInterval: 30_000,
  })
  const jumps = useQuery({
    queryKey: ['jumps', readAt],
    queryFn: ({ signal }) => findJumps(fleet?.items ?? [], signal),
    enabled: fleet !== null,
    placeholderData: (before) => before,
  })
  const suspect = jumps.data ?? []
  const frozen = fleet?.items.filter(({ positionFrozenSince }) => positionFrozenSince !== null) ?? []
  const unapproved = fleet?.items.filter(({ approved }) => !approved) ?? []
  return (
    <main className="page">
      <div className="page-head">
        <h1>{t('What needs you')}</h1>
      </div>
      <Loaded
        of={waiting}
        isEmpty={({ outbound, quarantined, unclaimed, held, alerts, accounts, endpoints }) =>
          outbound.length +
            held.length +
            alerts.length +
            accounts.length +
            endpoints.length +
            quarantined.length +
            unclaimed.length +
            frozen.length +
            unapproved.length +
            suspect.length ===
          0
        }
        empty={t('Nothing needs you.')}
      >
        {({ outbound, quarantined, unclaimed, held, alerts, accounts, endpoints }) => (
          <ul className="cards">
            {accounts.map((account) => (
              <AccountCard key={account.kind} account={account} />
            ))}
            {endpoints.map((endpoint) => (
              <EndpointCard key={`endpoint ${String(endpoint.id)}`} endpoint={endpoint} />
            ))}
            {alerts.map((alert) => (
              <AlertCard key={`alert ${String(alert.id)}`} alert={alert} />
            ))}
            {held.map((command) => (
              <li key={`held ${String(command.id)}`}>
                <h2>
                  <Link href={`/devices/${encodeURIComponent(command.iam)}`}>
                    {command.iam}: {orderWords(command, t)}
                  </Link>
                </h2>
                <p>
                  {t('This command waits for your decision:')} {commandReason(command.stateReason, t)}. {t('Ordered')}{' '}
                  {moment(command.createdAt)}, {actorWords(command.requestedBy, user, t)}.
                </p>
                <CommandButtons iam={command.iam} id={command.id} state={command.state} />
              </li>
            ))}
            {outbound.map((item) => (
              <li key={`out ${String(item.id)}`}>
                <h2>
                  <Link href={`/messages/out/${String(item.id)}`}>
                    {t('Message {id} to', { id: item.id })} {item.target} {item.imei}
                  </Link>
                </h2>
                <p>{deliveryWords(item, t, language)}</p>
                <DeliveryButtons {...item} />
              </li>
            ))}
            {quarantined.map((item) => (
              <li key={`in ${String(item.id)}`}>
                <h2>
                  <Link href={`/messages/in/${String(item.id)}`}>
                    {t('Message {id} cannot be read', { id: item.id })}
                  </Link>
                </h2>
                <p>
                  {t('It arrived {time} from {imei}: {reason}. It is kept unchanged. Look at its bytes.', {
                    time: moment(item.receivedAt),
                    imei: item.imei ?? t('an unknown modem'),
                    reason: item.reason === null ? '–' : reasonText(item.reason, t, language),
                  })}
                </p>
              </li>
            ))}
            {unclaimed.map(({ imei, lastSeen }) => (
              <li key={imei}>
                <h2>
                  <Link href="/setup/modems">{t('Modem {imei} is unclaimed', { imei })}</Link>
                </h2>
                <p>{t('It was last heard {time}. Claim it if it is yours.', { time: moment(lastSeen) })}</p>
              </li>
            ))}
            {unapproved.map(({ iam }) => (
              <li key={`new ${iam}`}>
                <h2>
                  <Link href="/setup/approvals">{t('{iam} registered itself', { iam })}</Link>
                </h2>
                <p>{t('Approve it if you know it.')}</p>
              </li>
            ))}
            {suspect.map(({ iam, report }) => (
              <li key={`jump ${String(report.id)}`}>
                <h2>
                  <Link href={`/messages/in/${String(report.messageId)}`}>
                    {t('{iam} seems to have jumped', { iam })}
                  </Link>
                </h2>
                <p>
                  {t(
                    'Its fix of {time}, {position}, is too far from the one before. The map keeps the old one until a second fix, or you, confirm it.',
                    {
                      time: moment(report.at),
                      position: formatCoordinates(report.latitude ?? 0, report.longitude ?? 0, coordinates),
                    },
                  )}
                </p>
                <AcceptButton messageId={report.messageId} />
              </li>
            ))}
            {frozen.map(({ iam, positionFrozenSince }) => (
              <li key={`frozen ${iam}`}>
                <h2>
                  <Link href={`/devices/${encodeURIComponent(iam)}`}>{t('{iam} repeats its position', { iam })}</Link>
                </h2>
                <p>
                  {t('The same fix since {time}: do not sail there without another sign of it.', {
                    time: moment(positionFrozenSince),
                  })}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </main>
  )
}
