import type { Role } from '@paikea/domain'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, Form, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { RoleField } from './role-field.tsx'

const NEW_GROUP = 'new'

/** Creates an account for another user; its first password is shown only once, to be handed over. */
export function InviteUser() {
  const { t } = usePreferences()
  const { csrfToken, user, groupsOf } = useSession()
  const groups = groupsOf('admin')
  const [email, setEmail] = useState('')
  const [displayName, setDisplayName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [groupId, setGroupId] = useState(String(groups[0]?.id ?? NEW_GROUP))
  const [newGroup, setNewGroup] = useState('')
  const invite = useAction(
    () =>
      callApi('POST /v1/users', {
        body: {
          email,
          ...(displayName === '' ? {} : { displayName }),
          memberships: [{ group: groupId === NEW_GROUP ? newGroup : Number(groupId), role }],
        },
        csrfToken,
      }),
    'users',
  )
  return (
    <section aria-labelledby="new-user">
      <h2 id="new-user">{t('Invite a user')}</h2>
      <Form label={t('Invite a user')} onSubmit={() => invite.mutate()}>
        <TextField label={t('E-mail')} type="email" value={email} maxLength={254} isRequired onChange={setEmail} />
        <TextField label={t('Name')} value={displayName} maxLength={100} onChange={setDisplayName} />
        <ChoiceField
          label={t('Group')}
          value={groupId}
          choices={[
            ...groups.map(({ id, name }) => [String(id), name] as const),
            ...(user.isSystemAdmin ? [[NEW_GROUP, t('a new group')] as const] : []),
          ]}
          onChange={setGroupId}
        />
        {groupId === NEW_GROUP && (
          <TextField
            label={t('Name of the group')}
            value={newGroup}
            maxLength={100}
            isRequired
            onChange={setNewGroup}
          />
        )}
        <RoleField value={role} onChange={setRole} />
        <button type="submit" disabled={invite.isPending}>
          {t('Invite')}
        </button>
      </Form>
      <Failure of={invite.error} />
      {invite.data !== undefined && (
        <p className="notice" role="status">
          {t('{email} has an account.', { email: invite.data.email })}{' '}
          {t('Hand over this first password; it is not shown again:')} <code>{invite.data.password}</code>
        </p>
      )}
    </section>
  )
}
