import type { DeviceView } from '@paikea/api/contract'
import { useState } from 'react'
import { fixOldWords } from '../format/age.ts'
import { formatCoordinates, writeGpxPoint } from '../format/coordinates.ts'
import { formatCourse, formatKnots, UNKNOWN } from '../format/quantity.ts'
import { usePreferences } from '../shell/preferences.tsx'

/** A device's last position, its age, and ways to copy or download it. */
export function PositionCard({ device, now }: { readonly device: DeviceView; readonly now: number }) {
  const { t, coordinates, moment } = usePreferences()
  const [isCopied, setIsCopied] = useState(false)
  const { lastFix } = device
  if (lastFix === null) return <p>{t('no fix yet')}</p>
  const text = formatCoordinates(lastFix.latitude, lastFix.longitude, coordinates)
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    )
  }
  return (
    <div className="position-card">
      <p className="big">{text}</p>
      <p>
        <strong>{fixOldWords(now - Date.parse(lastFix.at), t)}</strong> (
        {[moment(lastFix.at), ...driftWords(lastFix)].join(', ')})
      </p>
      <p className="buttons">
        <button type="button" className="quiet" onClick={copy}>
          {isCopied ? t('Copied') : t('Copy')}
        </button>
        <button type="button" className="quiet" onClick={() => saveGpx(device.iam, lastFix)}>
          {t('GPX of this point')}
        </button>
      </p>
    </div>
  )
}

/** Speed and course, if the device reports them. */
function driftWords({ sogKnots, cogDegrees }: NonNullable<DeviceView['lastFix']>): readonly string[] {
  return [formatKnots(sogKnots), formatCourse(cogDegrees)].filter((words) => words !== UNKNOWN)
}

function saveGpx(iam: string, fix: NonNullable<DeviceView['lastFix']>): void {
  const url = URL.createObjectURL(new Blob([writeGpxPoint({ iam, ...fix })], { type: 'application/gpx+xml' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${iam}.gpx`
  link.click()
  URL.revokeObjectURL(url)
}
