import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

/** Firmware as it was fetched, with what was found wrong with it. */
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
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    fetchRelease.mutate()
  }
  return (
    <>
      {may('operator') && (
        <form className="filters" onSubmit={submit}>
          <label>
            Branch, tag or commit
            <input required value={ref} maxLength={250} onChange={({ target }) => setRef(target.value)} />
          </label>
          <button type="submit" disabled={fetchRelease.isPending}>
            Fetch
          </button>
        </form>
      )}
      <Failure of={fetchRelease.error} />
      <Loaded of={releases} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <List
            caption={t('Releases')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: 'Id', isNumber: true, cell: ({ id }) => id },
              { title: 'Ref', cell: (item) => item.ref },
              { title: 'Commit', cell: ({ commit }) => commit?.slice(0, 10) ?? UNKNOWN },
              {
                title: t('State'),
                cell: ({ state, reason }) =>
                  reason === null ? state : `${state}: ${reason.detail} ${reason.whatToDo ?? ''}`,
              },
              { title: 'Files', isNumber: true, cell: ({ fileCount }) => fileCount ?? UNKNOWN },
              { title: t('Created'), cell: ({ createdAt }) => moment(createdAt) },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}
