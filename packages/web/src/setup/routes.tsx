import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'

/** What is passed on, from whom, to whom. */
export function Routes() {
  const { t } = usePreferences()
  const { csrfToken, may } = useSession()
  const queries = useQueryClient()
  const routes = useQuery({
    queryKey: ['routes'],
    queryFn: ({ signal }) => callApi('GET /v1/routes', { query: { limit: 100 }, signal }),
  })
  const change = useMutation({
    mutationFn: ({ id, enabled }: { readonly id: number; readonly enabled: boolean }) =>
      callApi('PATCH /v1/routes/:id', { params: { id }, body: { enabled }, csrfToken }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['routes'] }),
  })
  return (
    <>
      <Failure of={change.error} />
      <Loaded of={routes} isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <List
            caption={t('Routes')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: 'From', cell: ({ source }) => source.iam ?? source.kind },
              { title: 'What', cell: ({ messageType }) => messageType },
              { title: 'To', cell: ({ target }) => target.label ?? `${target.kind} ${String(target.endpointId)}` },
              { title: t('State'), cell: ({ enabled }) => (enabled ? 'on' : 'off') },
              {
                title: t('Action'),
                cell: ({ id, enabled }) =>
                  may('operator') && (
                    <button type="button" className="quiet" onClick={() => change.mutate({ id, enabled: !enabled })}>
                      {enabled ? 'Switch off' : 'Switch on'}
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
