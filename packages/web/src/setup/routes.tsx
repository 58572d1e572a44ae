import type { RouteView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { NewRoute } from './new-route.tsx'

/** Forwarding routes. */
export function Routes() {
  const { t } = usePreferences()
  const { csrfToken, may } = useSession()
  const routes = useQuery({
    queryKey: ['routes'],
    queryFn: ({ signal }) => callApi('GET /v1/routes', { query: { limit: 100 }, signal }),
  })
  const change = useAction(
    ({ id, enabled }: { readonly id: number; readonly enabled: boolean }) =>
      callApi('PATCH /v1/routes/:id', { params: { id }, body: { enabled }, csrfToken }),
    'routes',
  )
  const end = useAction((id: number) => callApi('DELETE /v1/routes/:id', { params: { id }, csrfToken }), 'routes')
  return (
    <>
      <Failure of={change.error ?? end.error} />
      <Loaded of={routes} isEmpty={({ items }) => items.length === 0} empty={t('No routes yet: nothing is forwarded.')}>
        {({ items }) => (
          <List
            caption={t('Routes')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('From'), cell: ({ source }) => source.iam ?? t(KIND_WORDS[source.kind]) },
              { title: t('What'), cell: ({ messageType }) => (messageType === 'any' ? t('everything') : messageType) },
              { title: t('To'), cell: ({ target }) => targetWords(target) },
              { title: t('State'), cell: ({ enabled }) => t(enabled ? 'on' : 'off') },
              {
                title: t('Action'),
                isShown: may('operator'),
                cell: ({ id, enabled }) => (
                  <span className="buttons">
                    <button type="button" className="quiet" onClick={() => change.mutate({ id, enabled: !enabled })}>
                      {t(enabled ? 'Switch off' : 'Switch on')}
                    </button>
                    <button type="button" className="quiet" onClick={() => end.mutate(id)}>
                      {t('End')}
                    </button>
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {may('operator') && <NewRoute />}
    </>
  )
}

const KIND_WORDS: Readonly<Record<RouteView['source']['kind'], string>> = {
  any: 'all devices',
  buoy: 'all buoys',
  handset: 'all handsets',
  rockstar: 'all RockSTARs',
}

function targetWords(target: RouteView['target']): string {
  const address = target['imei'] ?? target['serial']
  return [target.label ?? target.kind, typeof address === 'string' ? address : null].filter(Boolean).join(' ')
}
