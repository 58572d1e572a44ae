import { type Database, finishRelease, insertRelease } from '@paikea/database'

/** As its workflow does when it has fetched one. */
export async function makeRelease(db: Database): Promise<void> {
  const now = new Date()
  const id = await db.write((tx) => insertRelease(db, { ref: 'v3.1', requestedBy: 'test', now }, tx))
  const nothing = { refName: null, tagObject: null, signature: null, signer: null, subject: 's' }
  const files = [{ path: 'boot.py', bytes: 1, sha1: 'a'.repeat(40), sha256: 'b'.repeat(64) }]
  const commit = 'c'.repeat(40)
  const sizes = { totalBytes: 1, flashBytes: 1, files }
  await db.write((tx) => finishRelease(db, { ...nothing, ...sizes, id, commit, committedAt: now, now }, tx))
}
