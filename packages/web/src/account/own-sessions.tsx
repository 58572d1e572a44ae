import { useQuery } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { browserWords } from './browser-words.ts'

/** The user's sessions, each with a button to end it. */
export function OwnSessions() {
  const { t, moment } = usePreferences()
  const { csrfToken } = useSession()
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => callApi('GET /v1/sessions', { signal }),
  })
  const end = useAction((id: number) => callApi('DELETE /v1/sessions/:id', { params: { id }, csrfToken }), 'sessions')
  const endAll = useAction(() => callApi('DELETE /v1/sessions', { csrfToken }), 'sessions')
  return (
    <section aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t('Your sessions')}</h2>
      <Loaded of={sessions}>
        {({ items }) => (
          <>
            <List
              caption={t('Sessions')}
              items={items}
              keyOf={({ id }) => id}
              columns={[
                { title: t('Browser'), cell: ({ userAgent }) => browserWords(userAgent) },
                { title: t('From'), cell: ({ address }) => address ?? UNKNOWN },
                { title: t('Since'), cell: ({ createdAt }) => moment(createdAt) },
                { title: t('Last used'), cell: ({ lastSeenAt }) => moment(lastSeenAt) },
                { title: t('Ends'), cell: ({ expiresAt }) => moment(expiresAt) },
                {
                  title: t('Action'),
                  cell: ({ id, isThis }) =>
                    isThis ? (
                      <strong>{t('this one')}</strong>
                    ) : (
                      <button type="button" className="quiet" onClick={() => end.mutate(id)}>
                        {t('Log out')}
                      </button>
                    ),
                },
              ]}
            />
            {items.length > 1 && (
              <p>
                <button type="button" disabled={endAll.isPending} onClick={() => endAll.mutate(undefined)}>
                  {t('Log out everywhere else')}
                </button>
              </p>
            )}
          </>
        )}
      </Loaded>
      <Failure of={end.error ?? endAll.error} />
    </section>
  )
}
