import { nextContact, nextExpected, readHealth } from '@paikea/schedule'
import { type Finding, sayTime } from './finding.ts'
import type { Subject } from './subject.ts'

/** Gateways pause for minutes now and then. */
const SHORTEST_SILENCE_MS = 10 * 60_000
/** Fewer buoys that miss their time at once may be just that. */
const ENOUGH = 3
const MIN_ENOUGH_OF_ALL = 2

/** A time in which nothing came from the vendor. */
export interface VendorSilence {
  /** When the last message before it came in. */
  readonly since: Date
  /** `null` while it lasts. */
  readonly endedAt: Date | null
}

/**
 * Whether it is the vendor who is silent, or the way from there to us: nothing came in from anyone while at least three
 * buoys, or all of a smaller fleet but not a single one, became due and did not report.
 *
 * @param lastReceiptAt when the newest message of any modem came in
 */
export function judgeVendor(
  subjects: readonly Subject[],
  { lastReceiptAt, now }: { readonly lastReceiptAt: Date | null; readonly now: Date },
): { readonly finding: Finding; readonly silence: VendorSilence } | null {
  if (lastReceiptAt === null || now.getTime() - lastReceiptAt.getTime() < SHORTEST_SILENCE_MS) return null
  // Who was silent already tells nothing.
  const expected = subjects.flatMap(({ knowledge, isAtSea }) => {
    const next = isAtSea ? nextExpected(knowledge) : null
    return next === null || next.to <= lastReceiptAt ? [] : [next]
  })
  const missed = expected.filter(({ to }) => to < now).length
  if (missed < ENOUGH && (missed < MIN_ENOUGH_OF_ALL || missed < expected.length)) return null
  const since = lastReceiptAt
  return {
    silence: { since, endedAt: null },
    finding: {
      kind: 'vendor-silent',
      groupId: null,
      deviceId: null,
      openKey: 'vendor-silent',
      summary: `Nothing has come from the satellite service since ${sayTime(since)}; ${String(missed)} buoys are overdue.`,
      advice:
        "Check the vendor's status page, and the delivery address and its errors in the portal. Check that our URL answers from outside: name, certificate, firewall. The vendor keeps messages and retries.",
      since,
    },
  }
}

/**
 * Whether a device's silence is explained by the vendor's: its retries ended while nothing came from anyone, or it had
 * no chance to report since.
 */
export function isExplainedBy({ knowledge }: Subject, silence: VendorSilence, now: Date): boolean {
  const expected = readHealth(knowledge, now).nextExpected
  if (expected === null || expected.silentAfter <= silence.since) return false
  if (silence.endedAt === null) return true
  if (knowledge.lastHeardAt !== null && knowledge.lastHeardAt >= silence.endedAt) return false
  const chance = nextContact(knowledge, silence.endedAt)
  return chance !== null && now <= chance.silentAfter
}
