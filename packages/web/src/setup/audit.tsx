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
            { title: t('At'), cell: ({ at }) => moment(at) },
            { title: t('Who'), cell: ({ actor }) => actor },
            { title: t('From'), cell: ({ address }) => address ?? UNKNOWN },
            { title: t('What'), cell: ({ action }) => action },
            { title: t('Whose'), cell: ({ subject }) => subject ?? UNKNOWN },
            { title: t('Before'), cell: ({ before }) => factsOf(before) },
            { title: t('After'), cell: ({ after }) => factsOf(after) },
          ]}
        />
      )}
    </Loaded>
  )
}

const MAX_SHOWN = 200

function factsOf(facts: unknown): string {
  return facts == null ? UNKNOWN : JSON.stringify(facts).slice(0, MAX_SHOWN)
}
