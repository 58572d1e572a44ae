import type { Role } from '@paikea/domain'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, TextField } from '../shell/fields.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { GroupField, useGroupChoice } from './group-field.tsx'
import { RoleField } from './role-field.tsx'

/** API tokens; a new one's secret is shown only once. */
export function Tokens() {
  const { t, moment } = usePreferences()
  const { csrfToken } = useSession()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [until, setUntil] = useState('')
  const group = useGroupChoice('admin')
  const tokens = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => callApi('GET /v1/tokens', { query: { limit: 100 }, signal }),
  })
  const refresh = () => queries.invalidateQueries({ queryKey: ['tokens'] })
  const create = useMutation({
    mutationFn: () =>
      callApi('POST /v1/tokens', {
        body: { name, role, ...(until === '' ? {} : { expiresAt: until }), ...group.body },
        csrfToken,
      }),
    onSettled: refresh,
  })
  const revoke = useMutation({
    mutationFn: (id: number) => callApi('DELETE /v1/tokens/:id', { params: { id }, csrfToken }),
    onSettled: refresh,
  })
  return (
    <>
      <Form label={t('New token')} onSubmit={() => create.mutate()}>
        <TextField label={t('Name of a new token')} value={name} maxLength={100} isRequired onChange={setName} />
        <RoleField value={role} onChange={setRole} />
        <TextField label={t('Expires (empty: never)')} type="date" value={until} onChange={setUntil} />
        <GroupField choice={group} />
        <button type="submit" disabled={create.isPending}>
          {t('Create')}
        </button>
      </Form>
      <Failure of={create.error ?? revoke.error} />
      {create.data !== undefined && (
        <p className="notice" role="status">
          {t('Copy it now; it is not shown again:')} <code>{create.data.token}</code>
        </p>
      )}
      <Loaded of={tokens} isEmpty={({ items }) => items.length === 0} empty={t('No token yet.')}>
        {({ items }) => (
          <List
            caption={t('Tokens')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('Name'), cell: (item) => item.name },
              { title: t('Role'), cell: ({ role, isSystemAdmin }) => t(isSystemAdmin ? 'everything' : role) },
              { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
              { title: t('Last used'), cell: ({ lastUsedAt }) => moment(lastUsedAt) },
              { title: t('Ends'), cell: ({ expiresAt }) => moment(expiresAt) },
              {
                title: t('Action'),
                cell: ({ id }) => (
                  <button type="button" className="quiet" onClick={() => revoke.mutate(id)}>
                    {t('Revoke')}
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
