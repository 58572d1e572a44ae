import { ALERT_KINDS, type AlertKind } from '@paikea/domain'
import { CheckField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { ALERT_WORDS } from './alert-words.ts'

/** Checkboxes for kinds of alert. */
export function KindChecks(props: {
  readonly chosen: readonly AlertKind[]
  readonly onChange: (kinds: readonly AlertKind[]) => void
}) {
  const { chosen, onChange } = props
  const { t } = usePreferences()
  return (
    <div className="checks">
      {ALERT_KINDS.map((kind) => (
        <CheckField
          key={kind}
          label={t(ALERT_WORDS[kind])}
          isChecked={chosen.includes(kind)}
          onChange={(isChecked) => onChange(isChecked ? [...chosen, kind] : chosen.filter((one) => one !== kind))}
        />
      ))}
    </div>
  )
}
