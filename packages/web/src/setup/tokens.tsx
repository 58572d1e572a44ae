import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

/** Tokens of programs; a new one's secret is shown once. */
export function Tokens() {
  const { t, moment } = usePreferences()
  const { csrfToken } = useSession()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const tokens = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => callApi('GET /v1/tokens', { query: { limit: 100 }, signal }),
  })
  const refresh = () => queries.invalidateQueries({ queryKey: ['tokens'] })
  const create = useMutation({
    mutationFn: () => callApi('POST /v1/tokens', { body: { name, role: 'viewer' }, csrfToken }),
    onSettled: refresh,
  })
  const revoke = useMutation({
    mutationFn: (id: number) => callApi('DELETE /v1/tokens/:id', { params: { id }, csrfToken }),
    onSettled: refresh,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <>
      <form className="filters" onSubmit={submit}>
        <label>
          Name of a new token (may read)
          <input required value={name} maxLength={100} onChange={({ target }) => setName(target.value)} />
        </label>
        <button type="submit" disabled={create.isPending}>
          Make
        </button>
      </form>
      <Failure of={create.error ?? revoke.error} />
      {create.data !== undefined && (
        <p className="notice" role="status">
          Copy it now, it is not shown again: <code>{create.data.token}</code>
        </p>
      )}
      <Loaded of={tokens} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <List
            caption={t('Tokens')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Name', cell: (item) => item.name },
              { title: 'May', cell: ({ role, isSystemAdmin }) => (isSystemAdmin ? 'everything' : role) },
              { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
              { title: 'Last used', cell: ({ lastUsedAt }) => moment(lastUsedAt) },
              { title: 'Ends', cell: ({ expiresAt }) => moment(expiresAt) },
              {
                title: t('Action'),
                cell: ({ id }) => (
                  <button type="button" className="quiet" onClick={() => revoke.mutate(id)}>
                    Revoke
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}
