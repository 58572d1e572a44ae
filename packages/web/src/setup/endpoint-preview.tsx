import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { TextField } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Reason } from '../shell/reason.tsx'
import { Loaded } from '../shell/states.tsx'

/** The exact body that an endpoint would get for a message, before anything is sent. */
export function EndpointPreview({ id }: { readonly id: number }) {
  const { t } = usePreferences()
  const [isOpen, setIsOpen] = useState(false)
  const [message, setMessage] = useState('')
  const messageId = /^[1-9]\d{0,14}$/.test(message) ? Number(message) : undefined
  const preview = useQuery({
    queryKey: ['preview', id, messageId],
    queryFn: ({ signal }) => callApi('GET /v1/endpoints/:id/preview', { params: { id }, query: { messageId }, signal }),
    enabled: isOpen,
    retry: false,
  })
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{t('Preview of what it would receive')}</summary>
      <div className="filters">
        <TextField
          label={t('Number of an inbound message (empty: the test)')}
          value={message}
          maxLength={15}
          onChange={setMessage}
        />
      </div>
      <Loaded of={preview}>
        {({ body, hex, credits, reason }) => (
          <>
            {reason !== null && (
              <p>
                {t('Nothing would be sent:')} <Reason of={{ code: reason }} />
              </p>
            )}
            {credits > 0 && <p>{t('Price in credits: {credits}.', { credits })}</p>}
            {(body ?? hex) !== null && (
              <pre className="preview" tabIndex={0}>
                {body ?? hex}
              </pre>
            )}
          </>
        )}
      </Loaded>
    </details>
  )
}
