import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { Form, TextField } from '../shell/fields.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

/** Fetched firmware, with any problems found. */
export function Releases() {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const queries = useQueryClient()
  const [ref, setRef] = useState('')
  const releases = useQuery({
    queryKey: ['releases'],
    queryFn: ({ signal }) => callApi('GET /v1/firmware/releases', { query: { limit: 50 }, signal }),
    refetchInterval: 5000,
  })
  const fetchRelease = useMutation({
    mutationFn: () => callApi('POST /v1/firmware/releases', { body: { ref }, csrfToken }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['releases'] }),
  })
  return (
    <>
      {may('operator') && (
        <Form label={t('New release')} onSubmit={() => fetchRelease.mutate()}>
          <TextField label={t('Branch, tag or commit')} value={ref} maxLength={250} isRequired onChange={setRef} />
          <button type="submit" disabled={fetchRelease.isPending}>
            {t('Fetch')}
          </button>
        </Form>
      )}
      <Failure of={fetchRelease.error} />
      <Loaded
        of={releases}
        isEmpty={({ items }) => items.length === 0}
        empty={t('No releases yet: fetch one by its name.')}
      >
        {({ items }) => (
          <List
            caption={t('Releases')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('Id'), isNumber: true, cell: ({ id }) => id },
              { title: t('Release'), cell: (item) => item.ref },
              { title: t('Commit'), cell: ({ commit }) => commit?.slice(0, 10) ?? UNKNOWN },
              {
                title: t('State'),
                cell: ({ state, reason }) =>
                  reason === null ? t(state) : `${t(state)}: ${reason.detail} ${reason.whatToDo ?? ''}`,
              },
              { title: t('Files'), isNumber: true, cell: ({ fileCount }) => fileCount ?? UNKNOWN },
              { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}
