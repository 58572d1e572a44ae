import { useQuery } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'

/** Who did what, from where, and how the thing was before and after. */
export function Audit() {
  const { t, moment } = usePreferences()
  const audit = useQuery({
    queryKey: ['audit'],
    queryFn: ({ signal }) => callApi('GET /v1/audit', { query: { limit: 100 }, signal }),
  })
  return (
    <Loaded of={audit} isEmpty={({ items }) => items.length === 0}>
      {({ items }) => (
        <List
          caption={t('Audit')}
          items={items}
          keyOf={({ id }) => id}
          columns={[
            { title: 'At', cell: ({ at }) => moment(at) },
            { title: 'Who', cell: ({ actor }) => actor },
            { title: 'From', cell: ({ address }) => address ?? UNKNOWN },
            { title: 'What', cell: ({ action }) => action },
            { title: 'Whose', cell: ({ subject }) => subject ?? UNKNOWN },
            { title: 'After', cell: ({ after }) => (after === null ? UNKNOWN : JSON.stringify(after).slice(0, 200)) },
          ]}
        />
      )}
    </Loaded>
  )
}
