import type { SendResult } from './send-result.ts'

/** Whether the service accepts the configured credentials. */
export type CredentialCheck =
  | { readonly credentials: 'right' }
  | { readonly credentials: 'wrong'; readonly text: string }
  /** The service could not be asked. */
  | { readonly credentials: 'not-checked'; readonly reason: string; readonly detail: string }

/** Interprets the result of a probe: any refusal that comes after the login proves that the credentials are right. */
export function credentialsByResult(result: SendResult): CredentialCheck {
  switch (result.outcome) {
    case 'sent':
      return { credentials: 'right' }
    case 'rejected':
      if (result.reason === 'login-wrong') return { credentials: 'wrong', text: result.text }
      if (result.reason === 'wrong-address' || result.reason === 'request-refused') {
        return { credentials: 'not-checked', reason: result.reason, detail: `HTTP ${result.code}` }
      }
      return { credentials: 'right' }
    case 'try-later':
    case 'unknown':
      return { credentials: 'not-checked', reason: result.reason, detail: result.detail }
  }
}
