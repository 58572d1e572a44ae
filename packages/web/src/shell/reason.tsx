import { reasonText } from '../format/codes.ts'
import { usePreferences } from './preferences.tsx'

/** The reason for a state: in words, with its code small beside them. */
export function Reason({ of: reason }: { readonly of: { readonly code: string; readonly detail?: string | null } }) {
  const { t, language } = usePreferences()
  const { code } = reason
  const said = reasonText(reason, t, language)
  return (
    <>
      {said} {said !== code && <small className="code">{code}</small>}
    </>
  )
}
