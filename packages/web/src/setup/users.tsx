import type { AccountView } from '@paikea/api/contract'
import type { Role } from '@paikea/domain'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, Form } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { GroupField, useGroupChoice } from './group-field.tsx'
import { InviteUser } from './invite-user.tsx'
import { RoleField } from './role-field.tsx'

/** User accounts, with their roles in each group. */
export function Users() {
  const { t } = usePreferences()
  const users = useQuery({
    queryKey: ['users'],
    queryFn: ({ signal }) => callApi('GET /v1/users', { query: { limit: 100 }, signal }),
  })
  return (
    <>
      <Loaded of={users} isEmpty={({ items }) => items.length === 0} empty={t('Nobody has a role in your groups yet.')}>
        {({ items }) => (
          <ul className="cards">
            {items.map((account) => (
              <Account key={account.id} account={account} />
            ))}
          </ul>
        )}
      </Loaded>
      <InviteUser />
    </>
  )
}

function Account({ account }: { readonly account: AccountView }) {
  const { t, moment } = usePreferences()
  const { csrfToken, user } = useSession()
  const { id, email, displayName, isSystemAdmin, disabledAt, roles } = account
  const change = useAction(
    (body: { readonly disabled?: boolean; readonly roles?: { groupId: number; role: Role | null }[] }) =>
      callApi('PATCH /v1/users/:id', { params: { id }, body, csrfToken }),
    'users',
  )
  const setRole = (groupId: number, role: Role | null): void => change.mutate({ roles: [{ groupId, role }] })
  return (
    <li className={disabledAt === null ? 'calm' : ''} data-user={email}>
      <h2>
        {displayName} <small>{email}</small>
      </h2>
      <p>
        {isSystemAdmin && <strong>{t('Administers all groups.')} </strong>}
        {disabledAt !== null && <strong>{t('Disabled since {time}.', { time: moment(disabledAt) })}</strong>}
      </p>
      <div className="filters">
        {roles.map(({ groupId, group, role }) => (
          <ChoiceField
            key={groupId}
            label={group}
            value={role}
            choices={[...ROLE_VALUES.map((one) => [one, t(one)] as const), ['', t('no role')]]}
            onChange={(value) => setRole(groupId, ROLE_VALUES.find((one) => one === value) ?? null)}
          />
        ))}
        {user.isSystemAdmin && user.id !== id && (
          <button
            type="button"
            className="quiet"
            disabled={change.isPending}
            onClick={() => change.mutate({ disabled: disabledAt === null })}
          >
            {t(disabledAt === null ? 'Disable' : 'Enable')}
          </button>
        )}
      </div>
      {!isSystemAdmin && <AddRole account={account} onAdd={setRole} />}
      {change.error !== null && <Failure of={change.error} />}
    </li>
  )
}

const ROLE_VALUES = ['viewer', 'technician', 'operator', 'admin'] as const

function AddRole(props: { readonly account: AccountView; readonly onAdd: (groupId: number, role: Role) => void }) {
  const { t } = usePreferences()
  const [role, setRole] = useState<Role>('viewer')
  const all = useGroupChoice('admin')
  const groups = all.groups.filter(({ id }) => !props.account.roles.some(({ groupId }) => groupId === id))
  const chosen = groups.find(({ id }) => String(id) === all.value) ?? groups[0]
  if (chosen === undefined) return null
  return (
    <details>
      <summary>{t('A role in another group')}</summary>
      <Form
        label={`${t('A role in another group')}: ${props.account.email}`}
        onSubmit={() => props.onAdd(chosen.id, role)}
      >
        <GroupField choice={{ ...all, value: String(chosen.id), groups }} />
        <RoleField value={role} onChange={setRole} />
        <button type="submit" className="quiet">
          {groups.length < 2 ? `${t('Give')}: ${chosen.name}` : t('Give')}
        </button>
      </Form>
    </details>
  )
}
