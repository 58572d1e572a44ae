import type { DeviceView } from '@paikea/api/contract'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { HEALTH_WORDS, stateWords } from '../device/state-words.ts'
import type { Translate } from '../i18n/translate.ts'
import type { AlertsOf } from '../shell/open-alerts.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { fixAgeWords, formatUtc } from '../format/age.ts'
import { coordinateParts } from '../format/coordinates.ts'
import { formatDue } from '../format/moment.ts'
import { formatCourse, formatKnots, formatMinutes, formatReason, formatVolts, UNKNOWN } from '../format/quantity.ts'

interface Column {
  readonly title: string
  /** Numbers are right-aligned. */
  readonly isNumber?: boolean
  /** Translated for the reader; names given by users are not. */
  readonly isWord?: boolean
  readonly cell: (device: DeviceView, now: number) => ReactNode
}

const COLUMNS: readonly Column[] = [
  {
    title: 'Last message',
    isNumber: true,
    cell: ({ lastSeen }, now) => <Age at={lastSeen} now={now} otherwise="none yet" />,
  },
  {
    title: 'Last fix',
    isNumber: true,
    cell: ({ lastFix }, now) => <Age at={lastFix?.at ?? null} now={now} otherwise="no fix yet" />,
  },
  { title: 'Position', cell: ({ lastFix }) => <Position fix={lastFix} /> },
  { title: 'Next report', cell: ({ nextExpected }, now) => <Due span={nextExpected} now={now} /> },
  { title: 'SOG', isNumber: true, cell: ({ lastFix }) => formatKnots(lastFix?.sogKnots ?? null) },
  { title: 'COG', isNumber: true, cell: ({ lastFix }) => formatCourse(lastFix?.cogDegrees ?? null) },
  { title: 'Battery', isNumber: true, cell: ({ lastReport }) => formatVolts(lastReport?.batteryVolts ?? null) },
  { title: 'Reason', isWord: true, cell: ({ lastReport }) => formatReason(lastReport?.reason ?? null) },
  { title: 'Interval', isNumber: true, cell: ({ lastReport }) => formatMinutes(lastReport?.intervalMinutes ?? null) },
  { title: 'Kind', isWord: true, cell: ({ kind }) => kind },
  { title: 'Modem', isWord: true, cell: ({ modem }) => modem?.imei ?? 'none' },
]

/**
 * The fleet as a table. Roles are explicit because a narrow screen lays the rows out as cards, which makes browsers
 * drop the table semantics.
 */
export function FleetTable(props: {
  readonly devices: readonly DeviceView[]
  /** Size of the whole fleet. */
  readonly total: number
  readonly now: number
  readonly alertsOf?: AlertsOf | undefined
}) {
  const { devices, total, now, alertsOf } = props
  const { t } = usePreferences()
  return (
    <table className="fleet" role="table">
      <caption>
        {t('Fleet')}: {total} {total === 1 ? t('device') : t('devices')}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">
            {t('Device')}
          </th>
          {COLUMNS.map(({ title, isNumber }) => (
            <th key={title} scope="col" role="columnheader" className={isNumber === true ? 'number' : undefined}>
              {t(title)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {devices.map((device) => (
          <tr key={device.iam} role="row" data-iam={device.iam}>
            <th scope="row" role="rowheader">
              <span
                className={`health health-${device.health}`}
                title={t(HEALTH_WORDS[device.health])}
                aria-hidden="true"
              />
              <Link href={`/devices/${encodeURIComponent(device.iam)}`}>{device.label ?? device.iam}</Link>
              {device.label !== null && <small className="iam"> {device.iam}</small>}
              <span className="visually-hidden">, {t(HEALTH_WORDS[device.health])}</span>
              {stateWords(device, alertsOf?.(device.iam))
                .slice(1)
                .filter((word) => word !== 'no fix yet')
                .map((word) => (
                  <small key={word} className="warned">
                    {t(word)}
                  </small>
                ))}
            </th>
            {COLUMNS.map(({ title, isNumber, isWord, cell }) => (
              <td
                key={title}
                role="cell"
                data-title={title}
                data-words={t(title)}
                className={isNumber === true ? 'number' : undefined}
              >
                {isWord === true ? inWords(cell(device, now), t) : cell(device, now)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Age(props: { readonly at: string | null; readonly now: number; readonly otherwise: string }) {
  const { at, now, otherwise } = props
  const { t } = usePreferences()
  if (at === null) return t(otherwise)
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {fixAgeWords(now - Date.parse(at), t)}
    </time>
  )
}

function Position({ fix }: { readonly fix: DeviceView['lastFix'] }) {
  const { coordinates } = usePreferences()
  if (fix === null) return UNKNOWN
  const [latitude, longitude] = coordinateParts(fix.latitude, fix.longitude, coordinates)
  return (
    <span className="position">
      <span>{latitude}</span> <span>{longitude}</span>
    </span>
  )
}

/** When the next report is due; says so if it is overdue. */
function Due({ span, now }: { readonly span: DeviceView['nextExpected']; readonly now: number }) {
  const { t, clock } = usePreferences()
  if (span === null) return UNKNOWN
  const words = formatDue(span, now, clock)
  return Date.parse(span.to) < now ? t('was due {time}', { time: words }) : words
}

function inWords(content: ReactNode, t: Translate): ReactNode {
  return typeof content === 'string' ? t(content) : content
}
