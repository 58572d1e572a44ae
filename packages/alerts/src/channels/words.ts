import type { DueNotice } from '@paikea/database'
import { sayTime } from '../judge/finding.ts'
import type { PushMessage } from './push.ts'

/** More in one mail would help no one. */
const MOST_IN_A_MAIL = 50

/** Writes one mail with everything that is due for one recipient. */
export function writeMail(
  notices: readonly Pick<DueNotice, 'phase' | 'alert'>[],
  publicUrl: string | null,
): { readonly subject: string; readonly text: string } {
  const [first] = notices
  if (first === undefined) throw new RangeError('a mail needs a text')
  const more = notices.length - 1
  const parts = notices.slice(0, MOST_IN_A_MAIL).map(({ phase, alert }) => {
    if (phase === 'ended') return `Over since ${sayTime(alert.endedAt ?? alert.openedAt)}: ${alert.summary}`
    return `${alert.summary}\n${alert.advice}`
  })
  const rest = notices.length > MOST_IN_A_MAIL ? [`… and ${String(notices.length - MOST_IN_A_MAIL)} more.`] : []
  const where = publicUrl === null ? [] : [publicUrl]
  return {
    subject: `${first.phase === 'ended' ? 'Over: ' : ''}${first.alert.summary}${more > 0 ? ` (and ${String(more)} more)` : ''}`,
    text: `${[...parts, ...rest, ...where].join('\n\n')}\n`,
  }
}

/** The page's path for alerts. */
const ALERTS_PATH = '/setup/alerts'

/** What a browser shows of one alert; its end replaces its beginning. */
export function writePush({ phase, alert }: Pick<DueNotice, 'phase' | 'alert'>): PushMessage {
  const tag = `alert-${String(alert.id)}`
  if (phase === 'ended') return { title: 'Over', body: alert.summary, path: ALERTS_PATH, tag }
  return { title: alert.summary, body: alert.advice, path: ALERTS_PATH, tag }
}

/** What a program receives for one alert. */
export function writeForProgram({ phase, alert }: Pick<DueNotice, 'phase' | 'alert'>, iam: string | null): object {
  const { id: alertId, kind, summary, advice, since, openedAt, endedAt } = alert
  return {
    type: 'alert',
    alertId,
    phase,
    kind,
    device: iam === null ? null : { iam },
    summary,
    advice,
    since,
    openedAt,
    endedAt,
  }
}
