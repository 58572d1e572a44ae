import { FleetMissing } from '../shell/fleet-missing.tsx'
import { useQuery } from '@tanstack/react-query'
import type { DeviceView } from '@paikea/api/contract'
import { useMemo, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { callApi } from '../api/call-api.ts'
import { PositionCard } from '../device/position-card.tsx'
import { stateWords } from '../device/state-words.ts'
import { formatCourse } from '../format/quantity.ts'
import { fixAgeWords } from '../format/age.ts'
import { wayBetween } from '../format/geodesy.ts'
import { formatSpan } from '../format/moment.ts'
import { ConnectionBadge } from '../shell/connection-badge.tsx'
import { FinderField, FinderRest, useFinder } from '../shell/finder.tsx'
import { failureWords } from '../shell/failure-words.ts'
import { useLive } from '../shell/live.tsx'
import { useAlertsOf } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { useNow } from '../shell/use-now.ts'
import { MapView } from './map-view.tsx'
import { circleAround, readTrack, type Track, trackUntil } from './track.ts'

const NO_TRACK: Track = { pieces: [], times: [] }
const SLIDER_STEPS = 1000
const NO_DEVICES: readonly DeviceView[] = []

/** The whole fleet on our own map; a chosen device with its track, its words, and the way to it. */
export function MapPage() {
  const { t } = usePreferences()
  const live = useLive()
  const now = useNow() + live.clockOffsetMs
  const [, go] = useLocation()
  const iam = new URLSearchParams(useSearch()).get('device')
  const devices = live.fleet?.items ?? NO_DEVICES
  const selected = devices.find((device) => device.iam === iam) ?? null
  const [share, setShare] = useState(SLIDER_STEPS)
  const finder = useFinder(devices)
  const choose = (next: string): void => {
    setShare(SLIDER_STEPS)
    go(`/map?device=${encodeURIComponent(next)}`)
  }
  const track = useQuery({
    queryKey: ['track', iam, selected?.lastFix?.at],
    queryFn: ({ signal }) => readTrack(iam ?? '', signal),
    enabled: selected !== null,
    placeholderData: (before) => before,
  })
  const circle = useIridiumCircle(selected)
  const { shown, until } = useMemo(() => cut(track.data ?? NO_TRACK, share), [track.data, share])
  return (
    <main className="map-page">
      <div className="page-head">
        <h1>{t('Map')}</h1>
        <ConnectionBadge state={live.connection} />
      </div>
      <MapView devices={devices} now={now} selected={selected} track={shown} circle={circle} onSelect={choose} />
      <aside aria-label={t('Fleet')}>
        {selected !== null && (
          <Selected
            device={selected}
            now={now}
            until={until}
            share={share}
            onShare={setShare}
            isProbable={circle !== null}
          />
        )}
        {track.error !== null && <p role="alert">{failureWords(track.error, t)}</p>}
        <FinderField finder={finder} />
        <ul className="chooser">
          {finder.shown.map((device) => (
            <li key={device.iam}>
              <button
                type="button"
                className="quiet"
                aria-pressed={device.iam === iam}
                onClick={() => choose(device.iam)}
              >
                <span className={`health health-${device.health}`} aria-hidden="true" /> {device.label ?? device.iam}:{' '}
                {device.lastFix === null ? t('no fix yet') : fixAgeWords(now - Date.parse(device.lastFix.at), t)}
              </button>
            </li>
          ))}
        </ul>
        {devices.length === 0 ? (
          <>{live.fleet === null ? <FleetMissing live={live} /> : <p>{t('There is nothing here yet.')}</p>}</>
        ) : (
          <FinderRest finder={finder} />
        )}
      </aside>
    </main>
  )
}

function Selected(props: {
  readonly device: DeviceView
  readonly now: number
  readonly until: string | null
  readonly share: number
  readonly onShare: (share: number) => void
  readonly isProbable: boolean
}) {
  const { device, now, until, share, onShare, isProbable } = props
  const { t, clock, moment } = usePreferences()
  const alertsOf = useAlertsOf()
  return (
    <section>
      <h2>
        <Link href={`/devices/${encodeURIComponent(device.iam)}`}>{device.label ?? device.iam}</Link>
      </h2>
      <p>
        {stateWords(device, alertsOf(device.iam))
          .map((word) => t(word))
          .join(', ')}
      </p>
      <PositionCard device={device} now={now} />
      {isProbable && <p>{t('The last message had no GPS fix: it is probably (80 %) inside the circle.')}</p>}
      <p>
        {t('Next report')}: {device.nextExpected === null ? t('not known') : formatSpan(device.nextExpected, clock)}
      </p>
      <label>
        {t('Track')}: {moment(until)}
        <input
          type="range"
          min="0"
          max={SLIDER_STEPS}
          value={share}
          onChange={({ target }) => onShare(Number(target.value))}
        />
      </label>
      <WayFromMe device={device} />
    </section>
  )
}

/** Asks for this machine's position only when somebody wants to know. */
function WayFromMe({ device }: { readonly device: DeviceView }) {
  const { t } = usePreferences()
  const [me, setMe] = useState<GeolocationCoordinates | null>(null)
  const [error, setError] = useState<string | null>(null)
  if (device.lastFix === null) return null
  const way = me === null ? null : wayBetween(me, device.lastFix, new Date())
  const ask = (): void => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => setMe(coords),
      (failure) => setError(failure.message),
    )
  }
  return (
    <p>
      <button type="button" className="quiet" onClick={ask}>
        {t('Distance and bearing from me')}
      </button>{' '}
      {way === null
        ? error
        : `${way.nauticalMiles.toFixed(1)} nm, ${formatCourse(way.trueDegrees)} ${t('true')}${way.magneticDegrees === null ? '' : `, ${formatCourse(way.magneticDegrees)} ${t('magnetic')}`}`}
    </p>
  )
}

/** Iridium's circle of the newest report, where that one has no fix of its own. */
function useIridiumCircle(device: DeviceView | null) {
  const iam = device?.iam ?? null
  const { data } = useQuery({
    queryKey: ['newest', iam, device?.lastReport?.receivedAt],
    queryFn: ({ signal }) =>
      callApi('GET /v1/devices/:iam/reports', { params: { iam: iam ?? '' }, query: { limit: 1 }, signal }),
    enabled: iam !== null,
  })
  const newest = data?.items[0]
  return useMemo(() => {
    const iridium = newest?.hasFix === false ? newest.iridium : null
    if (iridium?.cepKm == null) return null
    return circleAround([iridium.longitude, iridium.latitude], iridium.cepKm)
  }, [newest])
}

function cut(track: Track, share: number) {
  const times = track.times.flat()
  if (times.length === 0) return { shown: [], until: null }
  const until = times[Math.round((share / SLIDER_STEPS) * (times.length - 1))] ?? null
  return { shown: until === null ? track.pieces : trackUntil(track, until), until }
}
