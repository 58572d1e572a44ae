import {
  appendLinkChunk,
  beginLinkSession,
  closeDeviceLink,
  deleteLinkSessions,
  endLinkSession,
  ensureLinkSecret,
  findLinkableDevice,
  findLinkSession,
  listDeviceLinks,
  listLinkChunks,
  listLinkSessions,
  openDeviceLink,
  setDeviceLinkKey,
} from '@paikea/database'
import { buildDevice, databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 29, 12, 0, second, 123))

describe.each(databaseKinds())('live links on %s', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await openTestDatabase(kind)
  })
  afterAll(() => db.drop())

  it('keep the newest connection of a device, whatever the order of writes', async () => {
    const { id: deviceId, iam } = await buildDevice(db)
    const open = (linkId: string, openedAt: Date) =>
      db.write((tx) => openDeviceLink(db, { deviceId, linkId, processId: 'p', relayAddress: 'h:1', openedAt }, tx))
    const close = (linkId: string) => db.write((tx) => closeDeviceLink(db, { deviceId, linkId, closedAt: at(9) }, tx))
    expect((await findLinkableDevice(db, { iam }))?.link).toBeNull()
    await open('second', at(2))
    await open('first', at(1))
    await close('first')
    const link = { linkId: 'second', isOpen: true, openedAt: at(2), relayAddress: 'h:1', closedAt: null }
    expect((await findLinkableDevice(db, { iam }))?.link).toMatchObject(link)
    await close('second')
    expect(await listDeviceLinks(db, { deviceIds: [deviceId] })).toMatchObject([{ isOpen: false, closedAt: at(9) }])
  })

  it('keep a session’s record in order, and delete old sessions with their chunks in batches', async () => {
    const { id: deviceId } = await buildDevice(db)
    for (const [index, linkId] of ['a', 'b', 'c'].entries()) {
      await db.write((tx) => beginLinkSession(db, { deviceId, linkId, openedAt: at(index) }, tx))
      for (const text of ['{"n":1}', '{"n":"\u00fc"}']) {
        const chunk = { linkId, fromAt: at(index), toAt: at(index), entries: 1, text, isCut: false }
        await db.write((tx) => appendLinkChunk(db, chunk, tx))
      }
      await db.write((tx) => endLinkSession(db, { linkId, closedAt: at(9), reason: 'gone' }, tx))
    }
    const list = () => listLinkSessions(db, { deviceId, limit: 10, beforeId: null })
    const [newest, middle] = await list()
    expect(newest).toMatchObject({ entries: 2, bytes: 17, closeReason: 'gone', closedAt: at(9), isCut: false })
    expect(await findLinkSession(db, { deviceId, id: newest?.id ?? 0 })).toEqual(newest)
    const chunks = (sessionId: number | undefined) =>
      listLinkChunks(db, { sessionId: sessionId ?? 0, afterId: 0, limit: 9 })
    expect((await chunks(newest?.id)).map(({ text }) => text)).toEqual(['{"n":1}', '{"n":"\u00fc"}'])
    expect(await deleteLinkSessions(db, { before: at(2), limit: 1 })).toBe(1)
    expect(await list()).toHaveLength(2)
    expect(await deleteLinkSessions(db, { before: at(2), limit: 10 })).toBe(1)
    expect(await list()).toEqual([newest])
    expect([await chunks(middle?.id), await chunks(newest?.id)].map(({ length }) => length)).toEqual([0, 2])
  })

  it('agree on one secret for all processes, and keep the key of a device', async () => {
    const secrets = await Promise.all(['x', 'y', 'z'].map((fresh) => ensureLinkSecret(db, { fresh })))
    expect(new Set(secrets).size).toBe(1)
    const { id: deviceId, iam } = await buildDevice(db)
    const keyHash = async () => (await findLinkableDevice(db, { iam }))?.keyHash
    for (const hash of ['k1', 'k2', null]) {
      await setDeviceLinkKey(db, { deviceId, keyHash: hash })
      expect(await keyHash()).toBe(hash)
    }
  })
})
