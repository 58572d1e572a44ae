import { bigId, bigint, json, now, text } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { type RowOf, table } from '../sql/table.ts'

/**
 * What an event is about, and whose id `subjectId` is: a delivery; a message whose deliveries were planned; a command;
 * an upgrade; a device that connected or disconnected; a message whose report changed.
 */
export const EVENT_KINDS = ['delivery', 'planned', 'command', 'upgrade', 'presence', 'report'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** Append-only. A row names what changed; readers look up the current state. */
export const EVENTS = table('events', {
  id: bigId,
  /** One of `EVENT_KINDS`; a newer version may write others, which are skipped. */
  kind: text(16),
  subjectId: bigint,
  /** What the subject itself does not store. */
  data: json((value) => value),
  /** By the database's clock. */
  at: now,
})

export type StoredEvent = ModelOf<typeof EVENTS>
export type EventRow = RowOf<typeof EVENTS.kinds>
