import type { SendResult } from './send-result.ts'

const LONGEST_TEXT = 200

/**
 * Makes a vendor's text fit to be shown and logged: one line, short, and without any of the secrets, should the service
 * have repeated one.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let shown = text
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret)]) {
      if (form !== '') shown = shown.replaceAll(form, '***')
    }
  }
  return shown
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT)
}

/** The same result with its text made fit to be shown. Done last, so that no secret can change how an answer is read. */
export function showable(result: SendResult, secrets: readonly string[]): SendResult {
  return result.outcome === 'rejected' ? { ...result, text: withoutSecrets(result.text, secrets) } : result
}
