import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { ChoiceField, Form, TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'
import { GroupField, useGroupChoice } from './group-field.tsx'

/** What each kind needs: its address field, that field's label, and the formats on offer. */
const KINDS = {
  webhook: { field: 'url', label: 'Address (https)', formats: ['report', 'vendor'] },
  sqs: { field: 'queueName', label: 'Name of the queue', formats: ['vendor', 'report'] },
  modem: { field: 'imei', label: 'IMEI', formats: [] },
  rockstar: { field: 'serial', label: 'Serial number', formats: [] },
} as const
type Kind = keyof typeof KINDS
const KIND_CHOICES = [
  ['webhook', 'webhook'],
  ['sqs', 'SQS'],
  ['modem', 'modem'],
  ['rockstar', 'RockSTAR'],
] as const

/** Creates an endpoint; its signing secret is shown only once. */
export function NewEndpoint() {
  const { t } = usePreferences()
  const { csrfToken } = useSession()
  const [kind, setKind] = useState<Kind>('webhook')
  const [address, setAddress] = useState('')
  const [label, setLabel] = useState('')
  const [format, setFormat] = useState('')
  const group = useGroupChoice('operator')
  const { field, label: addressLabel, formats } = KINDS[kind]
  const create = useAction(
    () =>
      callApi('POST /v1/endpoints', {
        body: {
          kind,
          // A queue of another account is named by its full address.
          [kind === 'sqs' && address.includes('://') ? 'queueUrl' : field]: address,
          ...(label === '' ? {} : { label }),
          ...(format === '' ? {} : { format }),
          ...group.body,
        },
        csrfToken,
      }),
    'endpoints',
  )
  return (
    <section aria-labelledby="new-endpoint">
      <h2 id="new-endpoint">{t('New endpoint')}</h2>
      <Form label={t('New endpoint')} onSubmit={() => create.mutate()}>
        <ChoiceField
          label={t('Kind')}
          value={kind}
          choices={KIND_CHOICES}
          onChange={(value) => {
            setKind(KIND_CHOICES.find(([one]) => one === value)?.[0] ?? 'webhook')
            setFormat('')
          }}
        />
        <TextField label={t(addressLabel)} value={address} maxLength={2000} isRequired onChange={setAddress} />
        <TextField label={t('Label')} value={label} maxLength={100} onChange={setLabel} />
        {formats.length > 0 && (
          <ChoiceField
            label={t('Body')}
            value={format}
            choices={[['', t('as usual')], ...formats.map((one) => [one, one] as const)]}
            onChange={setFormat}
          />
        )}
        <GroupField choice={group} />
        <button type="submit" disabled={create.isPending}>
          {t('Create')}
        </button>
      </Form>
      <Failure of={create.error} />
      {create.data !== undefined && (
        <p className="notice" role="status">
          {t('Created.')}{' '}
          {create.data.secret !== null && (
            <>
              {t('Copy its secret now; it is not shown again:')} <code>{create.data.secret}</code>
            </>
          )}
        </p>
      )}
    </section>
  )
}
