import { appendLinkChunk, beginLinkSession, endLinkSession } from '@paikea/database'
import type { LinkStore } from './store.ts'

/** Records link traffic, masked. */
export interface Recorder {
  begin(args: { readonly deviceId: number; readonly linkId: string; readonly openedAt: Date }): void
  add(linkId: string, entry: object, at: Date): void
  end(linkId: string, reason: string, closedAt: Date): void
  /** Writes what has waited long enough; call it periodically. */
  flush(now: Date): void
}

interface Open {
  lines: string[]
  bytes: number
  totalBytes: number
  fromAt: Date
  toAt: Date
  /** When it must be written at the latest, in milliseconds since 1970. */
  dueMs: number
  isCut: boolean
}

const CHUNK_BYTES = 32_768
/**
 * Entries wait between once and twice this long: each session has its own time, or a burst would write everything at
 * once.
 */
const CHUNK_MS = 7000
/** A connection left open for weeks must not fill the disk. */
const MAX_SESSION_BYTES = 16 * 1024 * 1024

/** Creates the recorder. */
export function createRecorder(store: LinkStore): Recorder {
  const sessions = new Map<string, Open>()

  function hand(linkId: string, open: Open): void {
    const { lines, fromAt, toAt, isCut } = open
    if (lines.length === 0) return
    open.lines = []
    open.bytes = 0
    const chunk = { linkId, fromAt, toAt, entries: lines.length, text: lines.join('\n'), isCut }
    store.add(({ db, tx }) => appendLinkChunk(db, chunk, tx))
  }

  return {
    begin({ deviceId, linkId, openedAt }) {
      sessions.set(linkId, {
        lines: [],
        bytes: 0,
        totalBytes: 0,
        fromAt: openedAt,
        toAt: openedAt,
        dueMs: 0,
        isCut: false,
      })
      store.add(({ db, tx }) => beginLinkSession(db, { deviceId, linkId, openedAt }, tx))
    },
    add(linkId, entry, at) {
      const open = sessions.get(linkId)
      if (open === undefined || open.isCut) return
      const line = JSON.stringify(entry)
      if (open.lines.length === 0) {
        open.fromAt = at
        open.dueMs = at.getTime() + CHUNK_MS * (1 + Math.random())
      }
      open.toAt = at
      open.lines.push(line)
      open.bytes += line.length
      open.totalBytes += line.length
      open.isCut = open.totalBytes > MAX_SESSION_BYTES
      if (open.bytes >= CHUNK_BYTES || open.isCut) hand(linkId, open)
    },
    end(linkId, reason, closedAt) {
      const open = sessions.get(linkId)
      if (open === undefined) return
      hand(linkId, open)
      sessions.delete(linkId)
      store.add(({ db, tx }) => endLinkSession(db, { linkId, closedAt, reason }, tx))
    },
    flush(now) {
      for (const [linkId, open] of sessions) {
        if (open.lines.length > 0 && now.getTime() >= open.dueMs) hand(linkId, open)
      }
    },
  }
}
