import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField } from '../shell/fields.tsx'
import { actorWords } from '../shell/actor-words.ts'
import { List } from '../shell/list.tsx'
import { useOpenAlerts } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { AlertCard } from './alert-card.tsx'
import { AlertRulesForm } from './alert-rules.tsx'
import { ALERT_WORDS } from './alert-words.ts'

const SHOWN = 50

/** Open and past alerts, and each group's rules. */
export function Alerts() {
  const { t, moment } = usePreferences()
  const { user } = useSession()
  const [chosen, setChosen] = useState('')
  const open = useOpenAlerts()
  const over = useQuery({
    queryKey: ['alerts', 'ended'],
    queryFn: ({ signal }) => callApi('GET /v1/alerts', { query: { state: 'ended', limit: SHOWN }, signal }),
  })
  const group = user.groups.find(({ id }) => String(id) === chosen) ?? user.groups[0]
  return (
    <>
      <h2>{t('Open alerts')}</h2>
      <Loaded of={open} isEmpty={({ items }) => items.length === 0} empty={t('No open alerts.')}>
        {({ items }) => (
          <ul className="cards">
            {items.map((alert) => (
              <AlertCard key={alert.id} alert={alert} />
            ))}
          </ul>
        )}
      </Loaded>
      <h2>{t('Who is notified of what')}</h2>
      {user.groups.length > 1 && (
        <div className="filters">
          <ChoiceField
            label={t('Group')}
            value={String(group?.id ?? '')}
            choices={user.groups.map(({ id, name }) => [String(id), name] as const)}
            onChange={setChosen}
          />
        </div>
      )}
      {group !== undefined && <AlertRulesForm key={group.id} groupId={group.id} />}
      <h2>{t('Ended')}</h2>
      <Loaded of={over} isEmpty={({ items }) => items.length === 0} empty={t('No alert has ended yet.')}>
        {({ items }) => (
          <List
            caption={t('Ended')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              {
                title: t('What'),
                cell: ({ kind, iam }) => `${t(ALERT_WORDS[kind])}${iam === null ? '' : ` (${iam})`}`,
              },
              { title: t('From'), cell: ({ since }) => moment(since) },
              { title: t('Until'), cell: ({ endedAt }) => moment(endedAt) },
              {
                title: t('Acknowledged by'),
                cell: ({ acknowledgedBy }) =>
                  acknowledgedBy === null ? t('nobody') : actorWords(acknowledgedBy, user, t),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}
