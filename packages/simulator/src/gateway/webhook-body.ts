import { type BuiltWebhook, buildSignedWebhook, buildWebhook, SAMPLE_FIELDS } from '@paikea/rockblock-client/testing'

import type { WebhookStyle } from '../devices/device-spec.ts'
import type { WebhookRecord } from '../journal/records.ts'

type Format = keyof typeof SAMPLE_FIELDS

/** The wire format of each style, and the path that receives it. */
const formats: Readonly<Record<WebhookStyle, { readonly format: Format; readonly path: string }>> = {
  form: { format: 'rockblock', path: '/rockblock/incoming' },
  json: { format: 'rockblock', path: '/rockblock/incoming' },
  'json-jwt': { format: 'rockblock', path: '/rockblock/incoming' },
  'core-push': { format: 'core-push', path: '/rockstar/incoming' },
  cloudloop: { format: 'cloudloop', path: '/cloudloop/incoming' },
  'cloudloop-imt': { format: 'cloudloop', path: '/cloudloop/incoming' },
}

/** Path for webhooks of this style, without the secret. */
export function webhookPath(style: WebhookStyle): string {
  return formats[style].path
}

/**
 * Builds the body of a webhook. Signatures (RS256) depend only on the message's fields and time, so each attempt sends
 * the same bytes.
 *
 * @param signingKey PEM, PKCS #8
 */
export async function webhookBody(webhook: WebhookRecord, signingKey: () => Promise<string>): Promise<BuiltWebhook> {
  const { format } = formats[webhook.style]
  // Only what this session has: blank out the library's sample fields, which would show through.
  const none = Object.fromEntries(Object.keys(SAMPLE_FIELDS[format]).map((name) => [name, undefined]))
  const fields = { ...none, ...webhook.fields }
  switch (webhook.style) {
    case 'form':
      return buildWebhook({ format, encoding: 'form', fields })
    case 'json':
    case 'core-push':
    case 'cloudloop':
    case 'cloudloop-imt':
      return buildWebhook({ format, encoding: 'json', fields })
    case 'json-jwt':
      return buildSignedWebhook({
        format,
        encoding: 'json',
        fields,
        privateKey: await signingKey(),
        issuedAt: new Date(webhook.createdAtMs),
      })
  }
}
