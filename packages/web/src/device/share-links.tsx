import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, TextField } from '../shell/fields.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

const DAY_MS = 86_400_000
const DAYS = 7

/** Links that show this one device's position to people without an account. */
export function ShareLinks({ iam }: { readonly iam: string }) {
  const { t, moment } = usePreferences()
  const { csrfToken } = useSession()
  const [until, setUntil] = useState(() => new Date(Date.now() + DAYS * DAY_MS).toISOString().slice(0, 10))
  const [label, setLabel] = useState('')
  const links = useQuery({
    queryKey: ['share-links', iam],
    queryFn: ({ signal }) => callApi('GET /v1/devices/:iam/share-links', { params: { iam }, signal }),
  })
  const make = useAction(
    () =>
      callApi('POST /v1/devices/:iam/share-links', {
        params: { iam },
        body: { until, ...(label.trim() === '' ? {} : { label }) },
        csrfToken,
      }),
    'share-links',
  )
  const end = useAction(
    (id: number) => callApi('DELETE /v1/devices/:iam/share-links/:id', { params: { iam, id }, csrfToken }),
    'share-links',
  )
  const address = make.data === undefined ? null : (make.data.url ?? `${window.location.origin}${make.data.path}`)
  return (
    <section aria-labelledby="share-title">
      <h2 id="share-title">{t('Share where it is')}</h2>
      <p>
        {t('Anyone with the link sees the position, age and next report of this device only, until the link expires.')}
      </p>
      <Form label={t('Share where it is')} onSubmit={() => make.mutate(undefined)}>
        <TextField label={t('Until')} type="date" value={until} isRequired onChange={setUntil} />
        <TextField label={t('For whom')} value={label} maxLength={100} onChange={setLabel} />
        <button type="submit" disabled={make.isPending}>
          {t('Create a link')}
        </button>
      </Form>
      {address !== null && (
        <p className="notice" role="status">
          {t('Copy it now; it is not shown again:')}{' '}
          <a href={address} target="_blank" rel="noreferrer">
            <code>{address}</code>
          </a>{' '}
          <button type="button" className="quiet" onClick={() => void navigator.clipboard.writeText(address)}>
            {t('Copy')}
          </button>
        </p>
      )}
      <Failure of={make.error ?? end.error} />
      <Loaded of={links} isEmpty={({ items }) => items.length === 0} empty={t('There are no links to this device.')}>
        {({ items }) => (
          <List
            caption={t('Links')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('For whom'), cell: (link) => link.label ?? UNKNOWN },
              { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
              { title: t('Ends'), cell: (link) => moment(link.until) },
              {
                title: t('Action'),
                cell: ({ id }) => (
                  <button type="button" className="quiet" onClick={() => end.mutate(id)}>
                    {t('End')}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}
