/** How far a page has been told: every event and every message up to these ids. */
export interface Position {
  readonly events: number
  readonly messages: number
}

/** As the `id` of a server-sent event, which comes back as `Last-Event-ID`. */
export function writePosition({ events, messages }: Position): string {
  return `${String(events)}-${String(messages)}`
}

/** `null` if it is none of ours. */
export function parsePosition(text: string): Position | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text)
  return match === null ? null : { events: Number(match[1]), messages: Number(match[2]) }
}
