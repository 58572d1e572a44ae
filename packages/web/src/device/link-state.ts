/** State of a device's live link as the page knows it. */
export interface LinkState {
  readonly device: 'online' | 'offline' | null
  /** Name of the user who has the controls, or what has them: `upgrade`. */
  readonly controller: string | null
  readonly isMine: boolean
  /** The latest value of everything the device reports. */
  readonly status: Readonly<Record<string, string>>
  /** Newest last, bounded. */
  readonly log: readonly { readonly id: number; readonly at: string; readonly text: string }[]
  readonly refusal: string | null
}

export const NO_LINK: LinkState = {
  device: null,
  controller: null,
  isMine: false,
  status: {},
  log: [],
  refusal: null,
}

const MAX_LOG = 200
const MAX_TILES = 40
const MAX_TEXT = 500

/** The state after a message of the link. The device's data is treated as text; unknown messages change nothing. */
export function readLinkMessage(before: LinkState, data: unknown): LinkState {
  const message = parse(data)
  if (message === null) return before
  switch (message['type']) {
    case 'presence':
      return readPresence(before, message)
    case 'frame':
      return {
        ...withLine(before, message, textOf(message['data'] ?? message['text'])),
        status: nextStatus(before.status, message['data']),
      }
    case 'sent':
      return { ...withLine(before, message, `→ ${textOf(message['command'])}`), refusal: null }
    case 'refused':
      return { ...before, refusal: textOf(message['detail']) }
    case 'controls-asked':
      return { ...before, refusal: `${textOf(message['user'])} asks for the controls.` }
    default:
      return before
  }
}

function readPresence(before: LinkState, message: Readonly<Record<string, unknown>>): LinkState {
  const id = message['controller'] == null ? null : textOf(message['controller'])
  const pages: readonly unknown[] = Array.isArray(message['pages']) ? message['pages'] : []
  const holder = pages.find((page) => isRecord(page) && textOf(page['id']) === id)
  const isMine = isRecord(holder) && holder['you'] === true
  const controller = isRecord(holder) && holder['user'] !== undefined ? textOf(holder['user']) : id
  return { ...before, device: message['device'] === 'online' ? 'online' : 'offline', controller, isMine }
}

function withLine(before: LinkState, message: Readonly<Record<string, unknown>>, text: string): LinkState {
  const id = (before.log.at(-1)?.id ?? 0) + 1
  return { ...before, log: [...before.log, { id, at: textOf(message['at']), text }].slice(-MAX_LOG) }
}

function nextStatus(status: LinkState['status'], data: unknown): LinkState['status'] {
  if (!isRecord(data)) return status
  const told = Object.entries(data).map(([name, value]) => [name, textOf(value)] as const)
  return Object.fromEntries([...Object.entries(status), ...told].slice(-MAX_TILES))
}

function parse(data: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof data !== 'string') return null
  try {
    const value: unknown = JSON.parse(data)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.slice(0, MAX_TEXT)
}
