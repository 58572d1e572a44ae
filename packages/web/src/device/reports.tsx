import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { Link } from 'wouter'
import type { ReportView } from '@paikea/api/contract'
import { callApi } from '../api/call-api.ts'
import { formatCoordinates } from '../format/coordinates.ts'
import { formatCourse, formatKnots, formatMinutes, formatReason, formatVolts, UNKNOWN } from '../format/quantity.ts'
import { List } from '../shell/list.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }))
const SHOWN = 100

/** A device's recent reports: charts, then the reports themselves. */
export function Reports({ iam, lastAt }: { readonly iam: string; readonly lastAt: string | null }) {
  const { t, moment, coordinates } = usePreferences()
  const reports = useQuery({
    // A new report must refetch, so that the list follows the live connection.
    queryKey: ['reports', iam, lastAt],
    queryFn: ({ signal }) =>
      callApi('GET /v1/devices/:iam/reports', { params: { iam }, query: { limit: SHOWN }, signal }),
    placeholderData: (before) => before,
  })
  return (
    <section aria-labelledby="reports-title">
      <h2 id="reports-title">{t('Reports')}</h2>
      <Loaded of={reports} isEmpty={({ items }) => items.length === 0} empty={t('No reports yet.')}>
        {({ items }) => (
          <>
            <Charts items={items} />
            <List
              caption={t('Reports')}
              items={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: t('Arrived'),
                  cell: ({ messageId, at }) => <Link href={`/messages/in/${String(messageId)}`}>{moment(at)}</Link>,
                },
                {
                  title: t('Position'),
                  cell: ({ latitude, longitude, quality, isRepeat }) =>
                    latitude === null || longitude === null
                      ? UNKNOWN
                      : `${formatCoordinates(latitude, longitude, coordinates)}${quality === 'suspect' || quality === 'bad' ? ` (${t('not trusted')})` : ''}${isRepeat ? ` (${t('repeated')})` : ''}`,
                },
                { title: 'SOG', isNumber: true, cell: ({ sogKnots }) => formatKnots(sogKnots) },
                { title: 'COG', isNumber: true, cell: ({ cogDegrees }) => formatCourse(cogDegrees) },
                { title: t('Battery'), isNumber: true, cell: ({ batteryVolts }) => formatVolts(batteryVolts) },
                { title: t('Interval'), isNumber: true, cell: (item) => formatMinutes(item.intervalMinutes) },
                { title: t('Reason'), cell: ({ reason }) => t(formatReason(reason)) },
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  )
}

function Charts({ items }: { readonly items: readonly ReportView[] }) {
  const { t } = usePreferences()
  const { times, volts, minutes } = useMemo(() => {
    const inOrder = items.toSorted((a, b) => a.at.localeCompare(b.at))
    return {
      times: inOrder.map(({ at }) => Date.parse(at) / 1000),
      volts: inOrder.map(({ batteryVolts }) => batteryVolts),
      minutes: inOrder.map(({ intervalMinutes }) => intervalMinutes),
    }
  }, [items])
  return (
    <Suspense fallback={<p className="notice">{t('Loading…')}</p>}>
      <div className="charts">
        <Chart title={t('Battery')} unit="V" least={0.4} times={times} values={volts} />
        <Chart title={t('Interval')} unit="min" least={10} times={times} values={minutes} />
      </div>
    </Suspense>
  )
}
