import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { WebhookAddress } from './webhook-address.tsx'

/** Connects the vendor's portal: shows the address to copy, then waits for the first message. */
export function FirstRun() {
  const { t, moment } = usePreferences()
  const newest = useQuery({
    queryKey: ['inbound', 'first-run'],
    queryFn: ({ signal }) => callApi('GET /v1/messages/inbound', { query: { limit: 1 }, signal }),
    refetchInterval: 3000,
  })
  return (
    <section>
      <ol className="steps">
        <li>
          {t('In the vendor’s portal, create a delivery group with this HTTP POST address:')}
          <WebhookAddress />
        </li>
        <li>{t('Put the modem under open sky, or send a test message from the portal.')}</li>
        <li>
          <Loaded of={newest}>
            {({ items: [first] }) =>
              first === undefined ? (
                <p role="status">{t('Waiting for the first message…')}</p>
              ) : (
                <p role="status">
                  <strong>{t('Received!')}</strong>{' '}
                  <Link href={`/messages/in/${String(first.id)}`}>
                    {t('Modem')} {first.imei ?? t('not known')}, {moment(first.receivedAt)}
                  </Link>
                </p>
              )
            }
          </Loaded>
        </li>
        <li>
          <Link href="/setup/modems">{t('Claim the modem, and create its device')}</Link>
        </li>
      </ol>
    </section>
  )
}
