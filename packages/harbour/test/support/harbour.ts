import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, finishRelease, insertRelease, insertUpgradeJob, openDatabase } from '@paikea/database'
import { SILENT_LOG } from '@paikea/domain'
import { openBlobStore, type BlobStore } from '@paikea/firmware'
import { blocksOf } from '@paikea/firmware/wire'
import { createDatabaseDesk, createDeviceHttp, type DatabaseDesk } from '@paikea/harbour'

/** One process's harbour over a database. */
export interface Harbour {
  readonly port: number
  readonly desk: DatabaseDesk
  readonly blobs: BlobStore
  /** Jobs that changed, in order. */
  readonly changed: number[]
  stop(): Promise<void>
}

/** Opens it on a free port; `base` is shared where several are. */
export async function openHarbour(db: Database, base: string): Promise<Harbour> {
  const blobs = openBlobStore(base)
  const changed: number[] = []
  const desk = createDatabaseDesk({ db, blobs, log: SILENT_LOG, onJobChanged: ({ id }) => changed.push(id) })
  const http = createDeviceHttp({ desk, addressOf: (peer) => peer, log: SILENT_LOG })
  const server = createServer((_req, res) => res.end('people'))
  http.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    desk,
    blobs,
    changed,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await desk.stop()
    },
  }
}

/** A second connection to a test's database, as another process has. */
export function openAgain(uri: string): Promise<Database> {
  return openDatabase({ uri })
}

/** A folder for files. */
export function makeBase(): { readonly base: string; remove(): Promise<void> } {
  const base = mkdtempSync(join(tmpdir(), 'paikea-harbour-'))
  return { base, remove: () => rm(base, { recursive: true, force: true }) }
}

/** A release that is ready, with files of this content. @returns its id */
export async function buildRelease(
  db: Database,
  blobs: BlobStore,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<number> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const content = Buffer.from(text)
      const sha1 = createHash('sha1').update(content).digest('hex')
      return { path, bytes: content.length, sha1, sha256: await blobs.put(content) }
    }),
  )
  const now = new Date()
  const commit = createHash('sha1').update(JSON.stringify(entries)).digest('hex')
  return await db.write(async (tx) => {
    const id = await insertRelease(db, { ref: commit, requestedBy: 'test', now }, tx)
    const nothing = { refName: null, tagObject: null, signature: null, signer: null }
    const sizes = { totalBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), flashBytes: blocksOf(entries) }
    await finishRelease(
      db,
      { ...nothing, ...sizes, id, commit, subject: 's', committedAt: now, files: entries, now },
      tx,
    )
    return id
  })
}

/** A job for a device. @returns its id */
export function buildJob(
  db: Database,
  {
    deviceId,
    releaseId,
    filesTotal,
  }: { readonly deviceId: number; readonly releaseId: number; readonly filesTotal: number },
): Promise<number> {
  const now = new Date()
  const expiresAt = new Date(now.getTime() + 86_400_000)
  const rest = { rolloutId: null, isDowngrade: false, expiresAt, requestedBy: 'test', now }
  return db.write((tx) => insertUpgradeJob(db, { deviceId, releaseId, filesTotal, ...rest }, tx))
}
