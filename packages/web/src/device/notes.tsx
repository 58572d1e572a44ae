import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callApi } from '../api/call-api.ts'
import { useSession } from '../session/use-session.tsx'
import { Form } from '../shell/fields.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { Failure, Loaded } from '../shell/states.tsx'
import { useAction } from '../shell/use-action.ts'

const MAX_LENGTH = 2000

/** Notes on a device. */
export function Notes({ iam }: { readonly iam: string }) {
  const { t, moment } = usePreferences()
  const { csrfToken, may } = useSession()
  const [text, setText] = useState('')
  const notes = useQuery({
    queryKey: ['notes', iam],
    queryFn: ({ signal }) => callApi('GET /v1/devices/:iam/notes', { params: { iam }, signal }),
  })
  const add = useAction(async () => {
    await callApi('POST /v1/devices/:iam/notes', { params: { iam }, body: { text }, csrfToken })
    setText('')
  }, 'notes')
  const remove = useAction(
    (id: number) => callApi('DELETE /v1/devices/:iam/notes/:id', { params: { iam, id }, csrfToken }),
    'notes',
  )
  return (
    <section aria-labelledby="notes-title">
      <h2 id="notes-title">{t('Notes')}</h2>
      <Loaded of={notes} isEmpty={({ items }) => items.length === 0} empty={t('No notes yet.')}>
        {({ items }) => (
          <ul className="cards">
            {items.map((note) => (
              <li key={note.id} className="calm">
                <p className="note">{note.text}</p>
                <p>
                  <small>
                    {note.createdBy}, {moment(note.createdAt)}
                  </small>{' '}
                  {may('technician') && (
                    <button
                      type="button"
                      className="quiet"
                      aria-label={t('Remove the note of {time}', { time: moment(note.createdAt) })}
                      onClick={() => remove.mutate(note.id)}
                    >
                      {t('Remove')}
                    </button>
                  )}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {may('technician') && (
        <Form label={t('New note')} onSubmit={() => add.mutate(undefined)}>
          <label className="wide">
            {t('New note')}
            <textarea
              rows={2}
              value={text}
              maxLength={MAX_LENGTH}
              required
              onChange={({ target }) => setText(target.value)}
            />
          </label>
          <button type="submit" disabled={add.isPending}>
            {t('Add the note')}
          </button>
        </Form>
      )}
      <Failure of={add.error ?? remove.error} />
    </section>
  )
}
