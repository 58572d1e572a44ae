import { scalarText } from '../receive/field-reader.ts'
import { credentialsByResult, type CredentialCheck } from './credential-check.ts'
import type { ExchangeResult } from './exchange.ts'
import { judgeStatus } from './http-status.ts'
import { withoutSecrets } from './secret-text.ts'
import type { ConfigurationRejection, SendResult, TryLater, UnknownOutcome } from './send-result.ts'

/** A response of Cloudloop's API: its members, or the outcome without them. */
export type CloudloopAnswer =
  | { readonly ok: true; readonly members: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly result: ConfigurationRejection | TryLater | UnknownOutcome }

/** The progress of an IMT message. */
export type DeliveryStatus =
  | {
      readonly known: true
      /** As sent by the service. */
      readonly status: string
      /** The whole response, for fields that this version does not know. */
      readonly members: Readonly<Record<string, unknown>>
    }
  | { readonly known: false; readonly result: ConfigurationRejection | TryLater | UnknownOutcome }

/** Judges the status, then parses the JSON. */
export function parseCloudloopAnswer(answer: ExchangeResult, token: string): CloudloopAnswer {
  if (!answer.answered) return { ok: false, result: answer.result }
  const members = parseMembers(answer.text)
  const error = scalarText(members?.['error']) ?? ''
  const text = withoutSecrets(error === '' ? answer.text : error, [token])
  const judged = judgeStatus(answer.status, answer.retryAfter, text)
  if (judged !== null) return { ok: false, result: judged }
  if (members === null) return { ok: false, result: unrecognised(`HTTP ${answer.status}`) }
  if (error === '') return { ok: true, members }
  const reason = 'request-refused'
  return { ok: false, result: { outcome: 'rejected', fault: 'configuration', reason, code: answer.status, text } }
}

/**
 * A 2xx with JSON, an id and no `error` means that the message was accepted. Without an id, or with `success: false`,
 * nothing is certain: how the service refuses is not documented, so the message may or may not be on its way.
 */
export function readSendAnswer(answer: CloudloopAnswer): SendResult {
  if (!answer.ok) return answer.result
  const { members } = answer
  if (isUnsuccessful(members)) return unrecognised('success: false')
  const message = members['message']
  const inner = typeof message === 'object' && message !== null && 'id' in message ? message.id : undefined
  const id = scalarText(members['id']) ?? scalarText(inner) ?? ''
  return id === '' ? unrecognised('no id') : { outcome: 'sent', id }
}

/** Any 2xx with JSON means that the token was accepted, unless it says the opposite: a ping has no id. */
export function readPingAnswer(answer: CloudloopAnswer): CredentialCheck {
  if (!answer.ok) return credentialsByResult(answer.result)
  if (isUnsuccessful(answer.members)) return credentialsByResult(unrecognised('success: false'))
  return { credentials: 'right' }
}

export function readDeliveryStatus(answer: CloudloopAnswer): DeliveryStatus {
  if (!answer.ok) return { known: false, result: answer.result }
  const status = scalarText(answer.members['status']) ?? scalarText(answer.members['mtMessageStatus'])
  if (status !== null) return { known: true, status, members: answer.members }
  return { known: false, result: unrecognised('no status') }
}

function isUnsuccessful(members: Readonly<Record<string, unknown>>): boolean {
  return members['success'] === false || members['success'] === 'false'
}

function unrecognised(detail: string): UnknownOutcome {
  return { outcome: 'unknown', reason: 'unrecognised-answer', detail }
}

function parseMembers(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
