import { useQuery } from '@tanstack/react-query'
import { callApi } from '../api/call-api.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'

/** The modems a device has had, and when: that decides which messages are the device's. */
export function ModemHistory({ iam, imei }: { readonly iam: string; readonly imei: string | null }) {
  const { t, moment } = usePreferences()
  const stays = useQuery({
    // A new modem must refetch.
    queryKey: ['modem-history', iam, imei],
    queryFn: ({ signal }) => callApi('GET /v1/devices/:iam/modems', { params: { iam }, signal }),
  })
  return (
    <section aria-labelledby="modems-title">
      <h2 id="modems-title">{t('Modems')}</h2>
      <Loaded of={stays} isEmpty={({ items }) => items.length === 0} empty={t('It has not had a modem yet.')}>
        {({ items }) => (
          <List
            caption={t('Modems')}
            items={items}
            keyOf={(stay) => `${stay.imei} ${stay.from}`}
            columns={[
              { title: 'IMEI', cell: (stay) => stay.imei },
              { title: t('From'), cell: ({ from }) => moment(from) },
              { title: t('Until'), cell: ({ to }) => (to === null ? t('present') : moment(to)) },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}
