import { useSession } from '../session/use-session.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import type { Translate } from '../i18n/translate.ts'
import { UNKNOWN } from '../format/quantity.ts'

/** What to group credits by. */
export const BY = [
  ['device', 'device'],
  ['modem', 'modem or tracker'],
  ['group', 'group'],
] as const
export type By = (typeof BY)[number][0]

/** Who spent the credits: a name, `modem/<imei>`, `rockstar/<serial>`, or unassigned. */
export function spenderWords(key: string, t: Translate): string {
  const [kind, number] = key.split('/')
  if (number === undefined) return key === '' ? t('no device') : key
  return `${kind === 'modem' ? t('Modem') : 'RockSTAR'} ${number}`
}

/** `month`, `hour`, or one of them: `month/2026-11`, `hour/2026-11-24T16`. */
export function periodWords(period: string, t: Translate): string {
  const [kind = '', which] = period.split('/')
  const name = t(kind === 'hour' ? 'hour' : 'month')
  return which === undefined ? name : `${name} ${which.replace('T', ' ')}${kind === 'hour' ? ':00 UTC' : ''}`
}

const LEVELS: Readonly<Record<string, string>> = {
  ok: 'below all levels',
  warn: 'warning sent',
  stop: 'stopped: messages wait',
}

/** A budget level, in words. */
export function levelWord(level: string): string {
  return LEVELS[level] ?? level
}

/** A limit in credits; without one there is no effect. */
export function limitWords(credits: number | null, t: Translate): string {
  return credits === null ? t('never') : String(credits)
}

/** Names a budget's scope: a device, a group by its name, or everything. */
export function useScopeWords(): (of: {
  readonly scope: string
  readonly groupId: number | null
  readonly iam: string | null
}) => string {
  const { t } = usePreferences()
  const { user } = useSession()
  return ({ scope, groupId, iam }) => {
    if (scope === 'device') return iam ?? UNKNOWN
    if (scope === 'all') return t('everything')
    return `${t('Group')} ${user.groups.find(({ id }) => id === groupId)?.name ?? String(groupId)}`
  }
}
