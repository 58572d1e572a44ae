import { ALERT_KINDS, type AlertRules } from '@paikea/domain'
import { formatVolts, UNKNOWN } from '../format/quantity.ts'
import { usePreferences } from '../shell/preferences.tsx'
import { ALERT_WORDS } from './alert-words.ts'

/** A group's alert rules in words, for users who may read but not change them. */
export function RulesInWords({ rules }: { readonly rules: AlertRules }) {
  const { t } = usePreferences()
  const { off, batteryLowVolts, frozenMinutes, shoreMetres, emails, endpointIds, quietHours, watchCircles } = rules
  const told = ALERT_KINDS.filter((kind) => !off.includes(kind)).map((kind) => t(ALERT_WORDS[kind]))
  const facts: readonly (readonly [string, string])[] = [
    [t('Notified of'), told.join('; ')],
    [t('Battery is low below (V)'), formatVolts(batteryLowVolts)],
    [t('A position may stay unchanged for (minutes)'), `${String(frozenMinutes)} min`],
    [t('Coming ashore: nearer to the coast than (m); 0: on land'), `${String(shoreMetres)} m`],
    [
      t('Channels'),
      t('{emails} e-mail addresses, {hooks} webhooks', { emails: emails.length, hooks: endpointIds.length }),
    ],
    [t('Quiet hours'), quietHours === null ? UNKNOWN : `${quietHours.from}–${quietHours.to} (${quietHours.timeZone})`],
    [
      t('Watch circles'),
      watchCircles.map(({ iam, radiusMetres }) => `${iam}: ${String(radiusMetres)} m`).join('; ') || UNKNOWN,
    ],
  ]
  return (
    <section className="facts">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>{t('Only operators can change this.')}</p>
    </section>
  )
}
