import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, Form, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

const HOURS = 6

/** Sets the levels of a device, a group or the whole installation, and overrides a stop for some hours. */
export function BudgetForm() {
  const { t, moment } = usePreferences()
  const { csrfToken, user, groupsOf } = useSession()
  const groups = groupsOf('admin')
  const [whose, setWhose] = useState(`group/${String(groups[0]?.id ?? '')}`)
  const [iam, setIam] = useState('')
  const [period, setPeriod] = useState<'month' | 'hour'>('month')
  const [warn, setWarn] = useState('')
  const [stop, setStop] = useState('')
  const [hours, setHours] = useState(String(HOURS))
  const [reason, setReason] = useState('')
  const scope = { ...scopeOf(whose, iam), period }
  const set = useAction(
    () =>
      callApi('PUT /v1/airtime/budgets', {
        body: { ...scope, warnCredits: creditsOf(warn), stopCredits: creditsOf(stop) },
        csrfToken,
      }),
    'budgets',
    'outbound',
  )
  const override = useAction(
    () => callApi('POST /v1/airtime/override', { body: { ...scope, hours: Number(hours), reason }, csrfToken }),
    'budgets',
    'outbound',
  )
  return (
    <section aria-labelledby="budget-title">
      <h2 id="budget-title">{t('Set a budget')}</h2>
      <div className="filters">
        <ChoiceField
          label={t('Whose')}
          value={whose}
          choices={[
            ...groups.map(({ id, name }) => [`group/${String(id)}`, `${t('Group')} ${name}`] as const),
            ['device', t('a device')],
            ...(user.isSystemAdmin ? [['all', t('everything')] as const] : []),
          ]}
          onChange={setWhose}
        />
        {whose === 'device' && (
          <TextField label={t('Device name')} value={iam} maxLength={32} isRequired onChange={setIam} />
        )}
        <ChoiceField
          label={t('Period')}
          value={period}
          choices={[
            ['month', t('month')],
            ['hour', t('hour')],
          ]}
          onChange={(value) => setPeriod(value === 'hour' ? 'hour' : 'month')}
        />
      </div>
      <Form label={t('Set a budget')} onSubmit={() => set.mutate()}>
        <TextField
          label={t('Warns at (credits; empty: default)')}
          type="number"
          min={0}
          value={warn}
          onChange={setWarn}
        />
        <TextField
          label={t('Stops at (credits; empty: never)')}
          type="number"
          min={0}
          value={stop}
          onChange={setStop}
        />
        <button type="submit" disabled={set.isPending}>
          {t('Set it')}
        </button>
      </Form>
      {set.isSuccess && <p role="status">{t('Saved.')}</p>}
      <Form label={t('Lift the stop')} onSubmit={() => override.mutate()}>
        <TextField
          label={t('Hours (0: restore the stop)')}
          type="number"
          min={0}
          step="any"
          value={hours}
          isRequired
          onChange={setHours}
        />
        <TextField label={t('Reason to let it pass')} value={reason} maxLength={300} isRequired onChange={setReason} />
        <button type="submit" className="quiet" disabled={override.isPending}>
          {t('Lift the stop')}
        </button>
      </Form>
      {override.data !== undefined && (
        <p role="status">
          {override.data.until === null
            ? t('The stop applies again.')
            : t('The stop is lifted until {time}.', { time: moment(override.data.until) })}
        </p>
      )}
      <Failure of={set.error ?? override.error} />
    </section>
  )
}

function scopeOf(whose: string, iam: string): { readonly iam?: string; readonly groupId?: number } {
  if (whose === 'device') return { iam }
  return whose === 'all' ? {} : { groupId: Number(whose.slice('group/'.length)) }
}

function creditsOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
