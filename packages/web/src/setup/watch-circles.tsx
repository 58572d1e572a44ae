import type { WatchCircle } from '@paikea/domain'
import { useState } from 'react'
import { formatCoordinates } from '../format/coordinates.ts'
import { ChoiceField, TextField } from '../shell/fields.tsx'
import { List } from '../shell/list.tsx'
import { useLive } from '../shell/live.tsx'
import { usePreferences } from '../shell/preferences.tsx'

const RADIUS_METRES = 2000

/** Circles in which buoys should stay, each centred on its buoy's present position. */
export function WatchCircles(props: {
  readonly circles: readonly WatchCircle[]
  readonly isReadOnly: boolean
  readonly onChange: (circles: readonly WatchCircle[]) => void
}) {
  const { circles, isReadOnly, onChange } = props
  const { t, coordinates } = usePreferences()
  const live = useLive()
  const [iam, setIam] = useState('')
  const [metres, setMetres] = useState(String(RADIUS_METRES))
  const placed = (live.fleet?.items ?? []).filter(({ kind, lastFix }) => kind === 'buoy' && lastFix !== null)
  const fix = placed.find((device) => device.iam === iam)?.lastFix ?? null
  return (
    <fieldset disabled={isReadOnly}>
      <legend>{t('Watch circles')}</legend>
      {circles.length === 0 ? (
        <p>{t('No buoy has a watch circle.')}</p>
      ) : (
        <List
          caption={t('Watch circles')}
          items={circles}
          keyOf={(circle) => circle.iam}
          columns={[
            { title: t('Device'), cell: (circle) => circle.iam },
            {
              title: t('Centre'),
              cell: ({ latitudeDegrees, longitudeDegrees }) =>
                formatCoordinates(latitudeDegrees, longitudeDegrees, coordinates),
            },
            { title: t('Radius'), isNumber: true, cell: ({ radiusMetres }) => `${String(radiusMetres)} m` },
            {
              title: t('Action'),
              isShown: !isReadOnly,
              cell: (circle) => (
                <button
                  type="button"
                  className="quiet"
                  onClick={() => onChange(circles.filter((one) => one.iam !== circle.iam))}
                >
                  {t('Remove')}
                </button>
              ),
            },
          ]}
        />
      )}
      <div className="filters">
        <ChoiceField
          label={t('Around this buoy’s present position')}
          value={iam}
          choices={[['', '–'], ...placed.map((device) => [device.iam, device.label ?? device.iam] as const)]}
          onChange={setIam}
        />
        <TextField label={t('Radius (m)')} type="number" min={10} value={metres} onChange={setMetres} />
        <button
          type="button"
          className="quiet"
          disabled={fix === null || Number(metres) < 10}
          onClick={() => {
            if (fix === null) return
            const made = {
              iam,
              latitudeDegrees: fix.latitude,
              longitudeDegrees: fix.longitude,
              radiusMetres: Number(metres),
            }
            onChange([...circles.filter((one) => one.iam !== iam), made])
          }}
        >
          {t('Watch it')}
        </button>
      </div>
    </fieldset>
  )
}
