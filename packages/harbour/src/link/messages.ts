/** Messages between us and pages: one JSON object each. */
import { MASK, type Masker } from './masking.ts'

/** Why a request was refused. */
export interface Refusal {
  readonly code:
    | 'device-offline'
    | 'not-controller'
    | 'forbidden'
    | 'unknown-command'
    | 'bad-arguments'
    | 'too-large'
    | 'bad-message'
    | 'too-many'
  readonly detail: string
}

/** A request from a page. */
export type PageMessage =
  | { readonly type: 'command'; readonly id: string | number | null; readonly command: unknown }
  | { readonly type: 'take-controls'; readonly isForced: boolean }
  | { readonly type: 'release-controls' }

/** Parses a page's message. Its text is never repeated: it may contain a password. */
export function readPageMessage(text: string): PageMessage | Refusal {
  const json = parseJson(text)
  const value = json?.value
  if (typeof value !== 'object' || value === null || !('type' in value)) {
    return { code: 'bad-message', detail: 'a message is a JSON object with a type' }
  }
  if (value.type === 'command') {
    const id = 'id' in value && (typeof value.id === 'string' || typeof value.id === 'number') ? value.id : null
    return { type: 'command', id, command: 'command' in value ? value.command : null }
  }
  if (value.type === 'take-controls')
    return { type: 'take-controls', isForced: 'force' in value && value.force === true }
  if (value.type === 'release-controls') return { type: 'release-controls' }
  return { code: 'bad-message', detail: 'the type must be command, take-controls or release-controls' }
}

/** A refusal, with the id of the refused request. */
export function refusedMessage({ code, detail }: Refusal, id: string | number | null = null): string {
  return JSON.stringify({ type: 'refused', code, detail, ...(id === null ? {} : { id: clip(id) }) })
}

/** A command that was sent to the device. */
export function sentMessage(at: Date, command: readonly unknown[], page: string): string {
  return JSON.stringify({ type: 'sent', at: at.toISOString(), command, page })
}

/** The presence of the device and its pages. */
export function presenceMessage(options: {
  readonly isOnline: boolean
  /** Its connection is up, whether or not it responds. */
  readonly isOpen: boolean
  readonly since: Date
  readonly pages: readonly { readonly id: string; readonly user: string }[]
  readonly controller: string | null
  readonly you: string
}): string {
  return JSON.stringify({
    type: 'presence',
    device: options.isOnline ? 'online' : 'offline',
    since: options.since.toISOString(),
    ...(options.isOpen && !options.isOnline ? { reason: 'not-answering' } : {}),
    pages: options.pages.map(({ id, user }) => (id === options.you ? { id, user, you: true } : { id, user })),
    controller: options.controller,
  })
}

/** A device's frame, for the pages and for the record. */
export function frameMessage(
  at: Date,
  text: string,
  masker: Masker,
): { readonly message: string; readonly entry: object; readonly masked: string } {
  const json = parseJson(text)
  const masked = masker.mask(text, json)
  const time = at.toISOString()
  const isJson = json !== null
  // Keep the device's own JSON verbatim: serialising it again would lose duplicate keys.
  const message = isJson
    ? `{"type":"frame","at":"${time}","data":${masked.trim()}}`
    : JSON.stringify({ type: 'frame', at: time, text: masked })
  const entry = isJson
    ? { type: 'frame', at: time, data: masked === text ? json.value : (parseJson(masked)?.value ?? MASK) }
    : { type: 'frame', at: time, text: masked }
  return { message, entry, masked }
}

/** Parses JSON, and tells it apart from other text. */
export function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

function clip(id: string | number): string | number {
  return typeof id === 'string' ? id.slice(0, 64) : id
}
