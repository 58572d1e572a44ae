import { ALERT_KINDS, type AlertRules } from '@paikea/domain'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { CheckField, Form, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { KindChecks } from './alert-kinds.tsx'
import { endpointName } from './endpoint-words.ts'
import { RulesInWords } from './alert-rules-words.tsx'
import { QuietHoursFields } from './quiet-hours.tsx'
import { WatchCircles } from './watch-circles.tsx'

/** A group's alert rules: what, when and by which channel; readable by all, changed by operators. */
export function AlertRulesForm({ groupId }: { readonly groupId: number }) {
  const rules = useQuery({
    queryKey: ['alert-rules', groupId],
    queryFn: ({ signal }) => callApi('GET /v1/groups/:id/alert-rules', { params: { id: groupId }, signal }),
    // A form must not change while someone is typing.
    refetchOnWindowFocus: false,
  })
  return <Loaded of={rules}>{(found) => <Fields groupId={groupId} stored={found} />}</Loaded>
}

function Fields({ groupId, stored }: { readonly groupId: number; readonly stored: AlertRules }) {
  const { t } = usePreferences()
  const { csrfToken, groupsOf } = useSession()
  const [rules, setRules] = useState(stored)
  const [emails, setEmails] = useState(stored.emails.join('\n'))
  const change = (part: Partial<AlertRules>): void => setRules((before) => ({ ...before, ...part }))
  const save = useAction(
    () =>
      callApi('PUT /v1/groups/:id/alert-rules', {
        params: { id: groupId },
        body: mutable({ ...rules, emails: emails.split(/[\s,;]+/).filter((one) => one !== '') }),
        csrfToken,
      }),
    'alert-rules',
  )
  const mayChange = groupsOf('operator').some(({ id }) => id === groupId)
  if (!mayChange) return <RulesInWords rules={stored} />
  return (
    <Form label={t('Who is notified of what')} className="rules" onSubmit={() => save.mutate()}>
      <fieldset>
        <legend>{t('Notified of')}</legend>
        <KindChecks
          chosen={ALERT_KINDS.filter((kind) => !rules.off.includes(kind))}
          onChange={(kinds) => change({ off: ALERT_KINDS.filter((kind) => !kinds.includes(kind)) })}
        />
        <div className="filters">
          <TextField
            label={t('Battery is low below (V)')}
            type="number"
            min={0}
            step="any"
            value={String(rules.batteryLowVolts)}
            isRequired
            onChange={(value) => change({ batteryLowVolts: Number(value) })}
          />
          <TextField
            label={t('A position may stay unchanged for (minutes)')}
            type="number"
            min={1}
            value={String(rules.frozenMinutes)}
            isRequired
            onChange={(value) => change({ frozenMinutes: Number(value) })}
          />
          <TextField
            label={t('Coming ashore: nearer to the coast than (m); 0: on land')}
            type="number"
            min={0}
            value={String(rules.shoreMetres)}
            isRequired
            onChange={(value) => change({ shoreMetres: Number(value) })}
          />
        </div>
      </fieldset>
      <fieldset>
        <legend>{t('Channels')}</legend>
        <label>
          {t('E-mail addresses, one per line')}
          <textarea rows={3} value={emails} onChange={({ target }) => setEmails(target.value)} />
        </label>
        <Webhooks groupId={groupId} chosen={rules.endpointIds} onChange={(endpointIds) => change({ endpointIds })} />
        {emails.trim() === '' && rules.endpointIds.length === 0 && (
          <p className="notice">{t('Nobody is notified: alerts are only listed here.')}</p>
        )}
      </fieldset>
      <QuietHoursFields hours={rules.quietHours} isReadOnly={false} onChange={(quietHours) => change({ quietHours })} />
      <WatchCircles
        circles={rules.watchCircles}
        isReadOnly={false}
        onChange={(watchCircles) => change({ watchCircles })}
      />
      <button type="submit" disabled={save.isPending}>
        {t('Save')}
      </button>
      {save.isSuccess && <p role="status">{t('Saved.')}</p>}
      {save.error !== null && <Failure of={save.error} />}
    </Form>
  )
}

function Webhooks(props: {
  readonly groupId: number
  readonly chosen: readonly number[]
  readonly onChange: (ids: readonly number[]) => void
}) {
  const { chosen, onChange } = props
  const endpoints = useQuery({
    queryKey: ['endpoints'],
    queryFn: ({ signal }) => callApi('GET /v1/endpoints', { query: { limit: 100 }, signal }),
  })
  const own = (endpoints.data?.items ?? []).filter(
    ({ kind, groupId }) => kind === 'webhook' && groupId === props.groupId,
  )
  return (
    <div className="checks">
      {own.map((endpoint) => (
        <CheckField
          key={endpoint.id}
          label={endpointName(endpoint)}
          isChecked={chosen.includes(endpoint.id)}
          onChange={(isChecked) =>
            onChange(isChecked ? [...chosen, endpoint.id] : chosen.filter((one) => one !== endpoint.id))
          }
        />
      ))}
    </div>
  )
}

/** Mutable copies, as the contract requires. */
function mutable(rules: AlertRules) {
  const { quietHours } = rules
  return {
    ...rules,
    off: [...rules.off],
    watchCircles: rules.watchCircles.map((circle) => ({ ...circle })),
    quietHours: quietHours === null ? null : { ...quietHours, except: [...quietHours.except] },
    emails: [...rules.emails],
    endpointIds: [...rules.endpointIds],
  }
}
