import { whyNotWritable } from './why-not-writable.ts'

/** What the last real write said about room. */
export interface WantOfRoom {
  /** A write failed. */
  failed(error: unknown): void
  /** A write of the largest kind got through. */
  written(): void
  /** @throws the error of the write that found no room, until one gets through or a while has passed without any */
  check(): void
}

/** Whoever is told to wait sends nothing; after this long the next one finds out anew. */
const REMEMBER_MS = 30_000

/**
 * Remembers that a real write found no room. A look that leaves nothing cannot tell: MySQL has room set aside for so little, and one
 * that takes as much as a message ends MariaDB 10.11 where the disk really is full.
 */
export function createWantOfRoom(now: () => number = () => performance.now()): WantOfRoom {
  let last: { readonly error: unknown; readonly at: number } | null = null
  return {
    failed(error) {
      if (whyNotWritable(error) === 'full') last = { error, at: now() }
    },
    written() {
      last = null
    },
    check() {
      if (last !== null && now() - last.at < REMEMBER_MS) throw last.error
    },
  }
}
