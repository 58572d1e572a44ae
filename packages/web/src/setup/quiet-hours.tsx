import type { QuietHours } from '@paikea/domain'
import { CheckField, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { KindChecks } from './alert-kinds.tsx'

/** Hours during which nobody is woken, and the kinds that are sent all the same. */
export function QuietHoursFields(props: {
  readonly hours: QuietHours | null
  readonly isReadOnly: boolean
  readonly onChange: (hours: QuietHours | null) => void
}) {
  const { hours, isReadOnly, onChange } = props
  const { t } = usePreferences()
  return (
    <fieldset disabled={isReadOnly}>
      <legend>{t('Quiet hours')}</legend>
      <CheckField
        label={t('Nobody is woken at night: alerts wait until the morning')}
        isChecked={hours !== null}
        onChange={(isChecked) => onChange(isChecked ? startHours() : null)}
      />
      {hours !== null && (
        <>
          <div className="filters">
            <TextField
              label={t('From')}
              type="time"
              value={hours.from}
              isRequired
              onChange={(from) => onChange({ ...hours, from })}
            />
            <TextField
              label={t('Until')}
              type="time"
              value={hours.to}
              isRequired
              onChange={(to) => onChange({ ...hours, to })}
            />
            <TextField
              label={t('Time zone')}
              value={hours.timeZone}
              maxLength={64}
              isRequired
              onChange={(timeZone) => onChange({ ...hours, timeZone })}
            />
          </div>
          <p>{t('Sent all the same:')}</p>
          <KindChecks chosen={hours.except} onChange={(except) => onChange({ ...hours, except })} />
        </>
      )}
    </fieldset>
  )
}

function startHours(): QuietHours {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return { from: '22:00', to: '06:00', timeZone, except: ['vendor-silent', 'disk-low'] }
}
