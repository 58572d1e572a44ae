import { usePreferences } from '../shell/preferences.tsx'
import { useSession } from '../session/use-session.tsx'
import { BrowserAlerts } from './browser-alerts.tsx'
import { Identities } from './identities.tsx'
import { OwnPassword } from './own-password.tsx'
import { OwnSessions } from './own-sessions.tsx'
import { SecondFactor } from './second-factor.tsx'

/** The user's own account: password, second factor, linked identities, alerts in this browser, and active sessions. */
export function AccountPage() {
  const { t } = usePreferences()
  const { user } = useSession()
  return (
    <main className="page">
      <div className="page-head">
        <h1>{t('Your account')}</h1>
      </div>
      <p>
        <strong>{user.displayName}</strong> {user.email}
      </p>
      <p>
        {user.isSystemAdmin
          ? t('Administers all groups.')
          : user.groups.map(({ name, role }) => `${name}: ${t(role)}`).join(', ')}
      </p>
      <OwnPassword />
      <SecondFactor />
      <Identities />
      <BrowserAlerts />
      <OwnSessions />
    </main>
  )
}
