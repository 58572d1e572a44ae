import type { SessionView } from '@paikea/api/contract'
import type { Translate } from '../i18n/translate.ts'

/** Who did something: `user/3`, `token/7`, `system/worker` in words; the present user is shown by name. */
export function actorWords(actor: string, user: SessionView['user'], t: Translate): string {
  const [kind, id = ''] = actor.split('/')
  if (kind === 'user') return Number(id) === user.id ? user.displayName || user.email : t('user {id}', { id })
  if (kind === 'token') return t('program {id}', { id })
  return kind === 'system' ? `${t('the service')} (${id})` : actor
}
