import { nextContact, nextExpected, readHealth } from '@paikea/schedule'
import { type Finding, sayTime } from './finding.ts'
import type { Subject } from './subject.ts'

/** Gateways pause for minutes now and then. */
const SHORTEST_SILENCE_MS = 10 * 60_000
/** Fewer buoys missing their time at once may be a coincidence. */
const ENOUGH = 3
const MIN_ENOUGH_OF_ALL = 2

/** A period in which nothing came from the vendor. */
export interface VendorSilence {
  /** When the last message before it arrived. */
  readonly since: Date
  /** `null` while it lasts. */
  readonly endedAt: Date | null
}

/**
 * Whether the vendor, or the path from there to us, is silent: nothing arrived from anyone while at least three buoys
 * (or all of a smaller fleet, unless it is a single buoy) became due and did not report.
 *
 * @param lastReceiptAt when the newest message of any modem arrived
 */
export function judgeVendor(
  subjects: readonly Subject[],
  { lastReceiptAt, now }: { readonly lastReceiptAt: Date | null; readonly now: Date },
): { readonly finding: Finding; readonly silence: VendorSilence } | null {
  if (lastReceiptAt === null || now.getTime() - lastReceiptAt.getTime() < SHORTEST_SILENCE_MS) return null
  // A buoy that was already silent proves nothing.
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
 * Whether the vendor's silence explains a device's: its retries ended while nothing arrived from anyone, or it has had
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
