import { useQuery } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { browserWords } from './browser-words.ts'
import { canBeTold, subscribeHere } from './subscribe-here.ts'

/** Subscribes this browser to alerts, which then arrive even with no page open; lists subscribed browsers. */
export function BrowserAlerts() {
  const { t, moment } = usePreferences()
  const { csrfToken } = useSession()
  const push = useQuery({ queryKey: ['push'], queryFn: ({ signal }) => callApi('GET /v1/push', { signal }) })
  const subscribe = useAction(async (publicKey: string) => {
    await callApi('POST /v1/push/subscriptions', { body: await subscribeHere(publicKey), csrfToken })
  }, 'push')
  const end = useAction(
    (id: number) => callApi('DELETE /v1/push/subscriptions/:id', { params: { id }, csrfToken }),
    'push',
  )
  const test = useAction(() => callApi('POST /v1/push/test', { csrfToken }), 'push')
  return (
    <section aria-labelledby="push-title">
      <h2 id="push-title">{t('Alerts in this browser')}</h2>
      <Loaded of={push}>
        {({ publicKey, items }) => (
          <>
            {publicKey === null && <p>{t('This installation does not notify browsers.')}</p>}
            {publicKey !== null && !canBeTold() && (
              <p>{t('This browser cannot be notified: that needs HTTPS, and on an iPhone the installed app.')}</p>
            )}
            {publicKey !== null && canBeTold() && (
              <p className="buttons">
                <button type="button" disabled={subscribe.isPending} onClick={() => subscribe.mutate(publicKey)}>
                  {t('Notify this browser')}
                </button>
                {items.length > 0 && (
                  <button type="button" className="quiet" disabled={test.isPending} onClick={() => test.mutate()}>
                    {t('Send a test')}
                  </button>
                )}
              </p>
            )}
            {test.data !== undefined && (
              <p role="status">{t('{told} notified, {failed} not reached.', { ...test.data })}</p>
            )}
            {items.length > 0 && (
              <List
                caption={t('Alerts in this browser')}
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  { title: t('Browser'), cell: ({ userAgent }) => browserWords(userAgent) },
                  { title: t('Since'), cell: ({ createdAt }) => moment(createdAt) },
                  {
                    title: t('Action'),
                    cell: ({ id }) => (
                      <button type="button" className="quiet" onClick={() => end.mutate(id)}>
                        {t('Remove')}
                      </button>
                    ),
                  },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
      <Failure of={subscribe.error ?? end.error ?? test.error} />
    </section>
  )
}
