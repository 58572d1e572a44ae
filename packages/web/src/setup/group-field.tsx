import type { Role } from '@paikea/domain'
import { useState } from 'react'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'

/** The group for something new, if the user has to choose. */
export interface GroupChoice {
  readonly value: string
  readonly choose: (value: string) => void
  readonly groups: readonly { readonly id: number; readonly name: string }[]
  /** To spread into a request body. */
  readonly body: { readonly groupId?: number }
}

/** Groups in which the user has this role; with only one there is nothing to choose. */
export function useGroupChoice(needed: Role): GroupChoice {
  const { groupsOf } = useSession()
  const groups = groupsOf(needed)
  const [value, choose] = useState('')
  const chosen = value === '' ? groups[0] : groups.find(({ id }) => String(id) === value)
  return { value, choose, groups, body: chosen === undefined ? {} : { groupId: chosen.id } }
}

/** A group selector, if there is more than one. */
export function GroupField({ choice: { value, choose, groups } }: { readonly choice: GroupChoice }) {
  const { t } = usePreferences()
  if (groups.length < 2) return null
  return (
    <ChoiceField
      label={t('Group')}
      value={value === '' ? String(groups[0]?.id ?? '') : value}
      choices={groups.map(({ id, name }) => [String(id), name] as const)}
      onChange={choose}
    />
  )
}
