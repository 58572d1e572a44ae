import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { failureWords } from './failure-words.ts'
import { usePreferences } from './preferences.tsx'

/** Renders a query's data, or why it is missing: loading, failed or empty. */
export function Loaded<T>(props: {
  readonly of: UseQueryResult<T, Error>
  readonly isEmpty?: (data: T) => boolean
  readonly empty?: ReactNode
  readonly children: (data: T) => ReactNode
}) {
  const { of: query, isEmpty, empty, children } = props
  const { t } = usePreferences()
  if (query.data === undefined) {
    if (query.error === null) return <p className="notice">{t('Loading…')}</p>
    return (
      <div className="notice notice-error" role="alert">
        <p>
          {t('That cannot be shown:')} {failureWords(query.error, t)}
        </p>
        <button type="button" onClick={() => void query.refetch()}>
          {t('Try again')}
        </button>
      </div>
    )
  }
  const isOld = query.error !== null
  return (
    <>
      {isOld && (
        <p className="notice notice-stale" role="alert">
          {t('It is not live.')} {query.error !== null && failureWords(query.error, t)}
        </p>
      )}
      {isEmpty?.(query.data) === true ? (
        <p className="notice">{empty ?? t('There is nothing here yet.')}</p>
      ) : (
        children(query.data)
      )}
    </>
  )
}

/** Why an action failed; reserves its space so that nothing jumps. */
export function Failure({ of: error }: { readonly of: Error | null }) {
  const { t } = usePreferences()
  return (
    <p className="form-error" role="alert">
      {error !== null && failureWords(error, t)}
    </p>
  )
}
