import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { formatCoordinates } from '../format/coordinates.ts'
import { useLive } from '../shell/live.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { AcceptButton } from './accept-button.tsx'
import { findJumps } from './find-jumps.ts'
import { DeliveryButtons } from './message-life.tsx'

const MOST = 50

/** What does not go on without a person: what it is, what to do, and the button that does it. */
export function InboxPage() {
  const { t, moment, coordinates } = usePreferences()
  const { fleet, readAt } = useLive()
  const waiting = useQuery({
    queryKey: ['outbound', 'inbox'],
    queryFn: async ({ signal }) => {
      const [parked, unknown, quarantined, unclaimed] = await Promise.all([
        callApi('GET /v1/messages/outbound', { query: { state: 'parked', limit: MOST }, signal }),
        callApi('GET /v1/messages/outbound', { query: { state: 'unknown', limit: MOST }, signal }),
        callApi('GET /v1/messages/inbound', { query: { state: 'quarantined', limit: MOST }, signal }),
        callApi('GET /v1/modems', { query: { claimed: 'false', limit: MOST }, signal }),
      ])
      return {
        outbound: [...parked.items, ...unknown.items],
        quarantined: quarantined.items,
        unclaimed: unclaimed.items.filter(({ claimed }) => !claimed),
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
        <h1>{t('What needs a person')}</h1>
      </div>
      <Loaded
        of={waiting}
        isEmpty={({ outbound, quarantined, unclaimed }) =>
          outbound.length +
            quarantined.length +
            unclaimed.length +
            frozen.length +
            unapproved.length +
            suspect.length ===
          0
        }
        empty={t('Nothing needs you.')}
      >
        {({ outbound, quarantined, unclaimed }) => (
          <ul className="cards">
            {outbound.map((item) => (
              <li key={`out ${String(item.id)}`}>
                <h2>
                  <Link href={`/messages/out/${String(item.id)}`}>
                    Message {item.id} to {item.target} {item.imei}
                  </Link>
                </h2>
                <p>
                  {item.state === 'parked'
                    ? `It stands still: ${item.reason?.detail ?? item.reason?.code ?? 'no reason given'}. Mend the cause, then resume it, or cancel it.`
                    : 'Nobody knows whether the other side took it. Ask there before you send it again.'}
                </p>
                <DeliveryButtons id={item.id} state={item.state} />
              </li>
            ))}
            {quarantined.map((item) => (
              <li key={`in ${String(item.id)}`}>
                <h2>
                  <Link href={`/messages/in/${String(item.id)}`}>Message {item.id} cannot be read</Link>
                </h2>
                <p>
                  It came {moment(item.receivedAt)} from {item.imei ?? 'an unknown modem'}:{' '}
                  {item.reason?.detail ?? item.reason?.code}. It is kept as it came. Look at its bytes.
                </p>
              </li>
            ))}
            {unclaimed.map(({ imei, lastSeen }) => (
              <li key={imei}>
                <h2>
                  <Link href="/setup/modems">Modem {imei} is nobody’s</Link>
                </h2>
                <p>It was heard {moment(lastSeen)}. Claim it if it is yours.</p>
              </li>
            ))}
            {unapproved.map(({ iam }) => (
              <li key={`new ${iam}`}>
                <h2>
                  <Link href="/setup/approvals">{iam} registered itself</Link>
                </h2>
                <p>Approve it if you know it.</p>
              </li>
            ))}
            {suspect.map(({ iam, report }) => (
              <li key={`jump ${String(report.id)}`}>
                <h2>
                  <Link href={`/messages/in/${String(report.messageId)}`}>{iam} seems to have jumped</Link>
                </h2>
                <p>
                  Its fix of {moment(report.at)},{' '}
                  {formatCoordinates(report.latitude ?? 0, report.longitude ?? 0, coordinates)}, is too far from the one
                  before. The map keeps the old one until a second fix, or you, confirm it.
                </p>
                <AcceptButton messageId={report.messageId} />
              </li>
            ))}
            {frozen.map(({ iam, positionFrozenSince }) => (
              <li key={`frozen ${iam}`}>
                <h2>
                  <Link href={`/devices/${encodeURIComponent(iam)}`}>{iam} repeats its position</Link>
                </h2>
                <p>The same fix since {moment(positionFrozenSince)}: do not sail there without another sign of it.</p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </main>
  )
}
