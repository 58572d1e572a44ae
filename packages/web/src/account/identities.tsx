import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, OwnPasswordField } from '../shell/fields.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

/**
 * Identities at another service that open this account; renders nothing if there is neither such a service nor a linked
 * identity.
 */
export function Identities() {
  const { t, moment } = usePreferences()
  const { csrfToken } = useSession()
  const [password, setPassword] = useState('')
  const options = useQuery({
    queryKey: ['session-options'],
    queryFn: ({ signal }) => callApi('GET /v1/session/options', { signal }),
  })
  const identities = useQuery({
    queryKey: ['identities'],
    queryFn: ({ signal }) => callApi('GET /v1/session/identities', { signal }),
  })
  const link = useAction(async () => {
    const { url } = await callApi('POST /v1/session/oidc/link', { body: { password }, csrfToken })
    window.location.assign(url)
  })
  const end = useAction(
    (id: number) => callApi('POST /v1/session/identities/:id/end', { params: { id }, body: { password }, csrfToken }),
    'identities',
  )
  const name = options.data?.provider?.name ?? null
  const items = identities.data?.items ?? []
  if (name === null && items.length === 0) return null
  return (
    <section aria-labelledby="identities-title">
      <h2 id="identities-title">{t('Identities that open this account')}</h2>
      <Form label={t('Identities that open this account')} onSubmit={() => link.mutate()}>
        <OwnPasswordField label={t('Your password, to link or unlink one')} value={password} onChange={setPassword} />
        {name !== null && (
          <button type="submit" disabled={link.isPending}>
            {t('Link an identity at {name}', { name })}
          </button>
        )}
      </Form>
      {items.length === 0 ? (
        <p>{t('None are linked.')}</p>
      ) : (
        <List
          caption={t('Identities that open this account')}
          items={items}
          keyOf={({ id }) => id}
          columns={[
            { title: t('From'), cell: ({ issuer }) => issuer },
            { title: t('Since'), cell: ({ createdAt }) => moment(createdAt) },
            {
              title: t('Action'),
              cell: ({ id }) => (
                <button type="button" className="quiet" disabled={password === ''} onClick={() => end.mutate(id)}>
                  {t('End')}
                </button>
              ),
            },
          ]}
        />
      )}
      <Failure of={link.error ?? end.error ?? identities.error} />
    </section>
  )
}
