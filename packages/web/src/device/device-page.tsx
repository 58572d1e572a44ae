import type { DeviceView } from '@paikea/api/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { formatAge } from '../format/age.ts'
import { formatSpan } from '../format/moment.ts'
import { formatMinutes, formatReason, formatVolts, UNKNOWN } from '../format/quantity.ts'
import { useSession } from '../session/use-session.tsx'
import { useLive } from '../shell/live.tsx'
import { List } from '../shell/list.tsx'
import { useAlertsOf } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { Loaded } from '../shell/states.tsx'
import { useNow } from '../shell/use-now.ts'
import { Commands } from './commands.tsx'
import { LiveLink } from './live-link.tsx'
import { ModemHistory } from './modem-history.tsx'
import { PositionCard } from './position-card.tsx'
import { Notes } from './notes.tsx'
import { FleetMissing } from '../shell/fleet-missing.tsx'
import { Reports } from './reports.tsx'
import { ShareLinks } from './share-links.tsx'
import { healthReasonWords, stateWords } from './state-words.ts'

/** One device: its position, how old and reliable that is, and what is due next. */
export function DevicePage({ iam }: { readonly iam: string }) {
  const { t } = usePreferences()
  const { may } = useSession()
  const live = useLive()
  const now = useNow() + live.clockOffsetMs
  const device = live.fleet?.items.find((one) => one.iam === iam)
  if (device === undefined) {
    return (
      <main className="page">
        <h1>{iam}</h1>
        {live.fleet === null ? (
          <FleetMissing live={live} />
        ) : (
          <p className="notice">
            {t('This page does not exist.')} <Link href="/">{t('Fleet')}</Link>
          </p>
        )}
      </main>
    )
  }
  return (
    <main className="page">
      <div className="page-head">
        <h1>
          {device.iam} {device.label !== null && <small>{device.label}</small>}
        </h1>
        <Link href={`/map?device=${encodeURIComponent(iam)}`}>{t('Show the map')}</Link>
      </div>
      <Facts device={device} now={now} />
      {device.kind === 'buoy' && <Commands device={device} />}
      <Reports iam={iam} lastAt={device.lastReport?.receivedAt ?? null} />
      <TimesAtSea iam={iam} />
      <ModemHistory iam={iam} imei={device.modem?.imei ?? null} />
      <Notes iam={iam} />
      {device.kind === 'buoy' && <LiveLink iam={iam} />}
      {may('operator') && <ShareLinks iam={iam} />}
    </main>
  )
}

function Facts({ device, now }: { readonly device: DeviceView; readonly now: number }) {
  const { t, clock, moment } = usePreferences()
  const { lastReport } = device
  const alertsOf = useAlertsOf()
  return (
    <section className="facts">
      <p className="states">
        {stateWords(device, alertsOf(device.iam)).map((word) => (
          <span key={word} className="badge">
            {t(word)}
          </span>
        ))}
      </p>
      <PositionCard device={device} now={now} />
      <dl>
        <dt>{t('Health')}</dt>
        <dd>{t(healthReasonWords(device.healthReason))}</dd>
        <dt>{t('Next report')}</dt>
        <dd>{device.nextExpected === null ? t('not known') : formatSpan(device.nextExpected, clock)}</dd>
        <dt>{t('Last message')}</dt>
        <dd>
          {device.lastSeen === null
            ? t('none yet')
            : `${formatAge(now - Date.parse(device.lastSeen))} (${moment(device.lastSeen)})`}
        </dd>
        <dt>{t('Battery')}</dt>
        <dd>{formatVolts(lastReport?.batteryVolts ?? null)}</dd>
        <dt>{t('Interval')}</dt>
        <dd>{formatMinutes(lastReport?.intervalMinutes ?? null)}</dd>
        <dt>{t('Reason')}</dt>
        <dd>{t(formatReason(lastReport?.reason ?? null))}</dd>
        <dt>{t('Modem')}</dt>
        <dd>{device.modem?.imei ?? UNKNOWN}</dd>
      </dl>
    </section>
  )
}

function TimesAtSea({ iam }: { readonly iam: string }) {
  const { t, moment } = usePreferences()
  const times = useQuery({
    queryKey: ['deployments', iam],
    queryFn: ({ signal }) => callApi('GET /v1/devices/:iam/deployments', { params: { iam }, signal }),
  })
  return (
    <section aria-labelledby="sea-title">
      <h2 id="sea-title">{t('Times at sea')}</h2>
      <Loaded of={times} isEmpty={({ items }) => items.length === 0} empty={t('No time at sea has been recorded.')}>
        {({ items }) => (
          <List
            caption={t('Times at sea')}
            items={items}
            keyOf={({ id }) => id}
            columns={[
              { title: t('From'), cell: ({ from }) => moment(from) },
              { title: t('Until'), cell: ({ to }) => moment(to) },
              { title: t('Place'), cell: ({ place }) => place ?? UNKNOWN },
              { title: t('Purpose'), cell: ({ purpose }) => purpose ?? UNKNOWN },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}
