import { useQuery } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { actorWords } from '../shell/actor-words.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'

/** Who did what, from where, with the state before and after. */
export function Audit() {
  const { t, moment } = usePreferences()
  const { user } = useSession()
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
            { title: t('Who'), cell: ({ actor }) => actorWords(actor, user, t) },
            { title: t('From'), cell: ({ address }) => address ?? UNKNOWN },
            { title: t('What'), cell: ({ action }) => inWords(action) },
            { title: t('Whose'), cell: ({ subject }) => (subject === null ? UNKNOWN : inWords(subject)) },
            { title: t('Before'), cell: ({ before }) => factsOf(before) },
            { title: t('After'), cell: ({ after }) => factsOf(after) },
          ]}
        />
      )}
    </Loaded>
  )
}

/** `command.sent`, `device/PK001/command/3` as words, so that they can also wrap between words. */
function inWords(name: string): string {
  return name.replaceAll(/[./]/g, ' ')
}

const MAX_SHOWN = 200

/** Names and values, with room to break the line between them. */
function factsOf(facts: unknown): string {
  if (facts == null) return UNKNOWN
  const words =
    typeof facts === 'object'
      ? Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      : [JSON.stringify(facts)]
  return words.join(', ').slice(0, MAX_SHOWN)
}
