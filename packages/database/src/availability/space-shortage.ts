import { whyNotWritable } from './why-not-writable.ts'

/** Whether the last real write ran out of disk space. */
export interface SpaceShortage {
  /** A write failed. */
  failed(error: unknown): void
  /** A write of the largest kind got through. */
  written(): void
  /** @throws the error of the write that found no space, until a write succeeds or some time passes without any */
  check(): void
}

/** Callers told to wait send nothing; after this long the next one tries again. */
const REMEMBER_MS = 30_000

/**
 * Remembers that a real write found no space. A probe without effect cannot tell: MySQL has reserved space for so little,
 * and one as large as a message crashes MariaDB 10.11 when the disk really is full.
 */
export function createSpaceShortage(now: () => number = () => performance.now()): SpaceShortage {
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
