/** Names of the live events of `GET /v1/events` that carry data. */
export const EVENT_NAMES = ['message', 'report', 'command', 'delivery', 'upgrade', 'presence'] as const
export type EventName = (typeof EVENT_NAMES)[number]
