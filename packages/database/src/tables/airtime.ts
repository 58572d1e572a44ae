import { bigId, bigint, id, integer, now, orNull, text, time, word } from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { table } from '../sql/table.ts'

/** A budget's scope: the whole installation, a group, or what one device causes. */
export const AIRTIME_SCOPES = ['all', 'group', 'device'] as const
export type AirtimeScopeKind = (typeof AIRTIME_SCOPES)[number]

/** The last 60 minutes, or the calendar month in UTC. */
export const AIRTIME_PERIODS = ['hour', 'month'] as const
export type AirtimePeriod = (typeof AIRTIME_PERIODS)[number]

/** Credits of a send that left or may have left; written before it, refunded if nothing was paid. */
export const AIRTIME_SPENT = table('airtime_spent', {
  id: bigId,
  outboundId: bigint,
  attempt: integer,
  groupId: orNull(integer),
  /** The device whose message caused it; for a user's message the device it goes to. */
  deviceId: orNull(integer),
  /** The modem or tracker it goes to. */
  targetKey: text(64),
  credits: integer,
  at: time,
})

/** Spending levels. Without a row the defaults warn, and nothing is stopped. */
export const AIRTIME_BUDGETS = table('airtime_budgets', {
  id,
  scopeKind: word(AIRTIME_SCOPES, 16),
  /** 0 for the whole installation. */
  scopeId: integer,
  period: word(AIRTIME_PERIODS, 16),
  warnCredits: orNull(integer),
  stopCredits: orNull(integer),
  /** Until then nothing is stopped. */
  overrideUntil: orNull(time),
  changedBy: text(64),
  updatedAt: now,
})

/** Records that a level was passed, once per period. */
export const AIRTIME_WARNINGS = table('airtime_warnings', {
  id: bigId,
  scopeKind: word(AIRTIME_SCOPES, 16),
  scopeId: integer,
  /** The group concerned; null: the whole installation. */
  groupId: orNull(integer),
  /** `month/2026-11`, `hour/2026-11-24T16`. */
  period: text(32),
  level: word(['warn', 'stop'], 8),
  limitCredits: integer,
  spentCredits: integer,
  at: time,
})

export type AirtimeSpent = ModelOf<typeof AIRTIME_SPENT>
