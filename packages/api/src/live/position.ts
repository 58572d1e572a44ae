/** How far a page has received events and messages, as the ids of the last ones. */
export interface Position {
  readonly events: number
  readonly messages: number
}

/** Formats it as the `id` of a server-sent event, which the browser returns as `Last-Event-ID`. */
export function writePosition({ events, messages }: Position): string {
  return `${String(events)}-${String(messages)}`
}

/** `null` if the text is not one of ours. */
export function parsePosition(text: string): Position | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text)
  return match === null ? null : { events: Number(match[1]), messages: Number(match[2]) }
}
