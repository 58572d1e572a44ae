import { ROLES, type Role } from '@paikea/domain'
import { ChoiceField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'

/** A role selector. */
export function RoleField(props: {
  readonly value: Role
  readonly onChange: (role: Role) => void
  readonly label?: string
}) {
  const { t } = usePreferences()
  return (
    <ChoiceField
      label={props.label ?? t('Role')}
      value={props.value}
      choices={ROLES.map((role) => [role, t(role)] as const)}
      onChange={(value) => props.onChange(ROLES.find((role) => role === value) ?? 'viewer')}
    />
  )
}
