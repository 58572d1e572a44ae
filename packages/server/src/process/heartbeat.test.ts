import { hasGoneProcess, type Database, openDatabase } from '@paikea/database'
import { silenceProcess } from '@paikea/database/testing'
import { SILENT_LOG } from '@paikea/domain'

import { createHeartbeat, type Heartbeat } from './heartbeat.ts'

describe('createHeartbeat()', () => {
  let db: Database
  let nowMs: number
  let heart: Heartbeat
  beforeEach(async () => {
    db = await openDatabase({ uri: 'sqlite::memory:' })
    await db.migrate()
    nowMs = 1_000_000
    heart = createHeartbeat({ db, log: SILENT_LOG, nowMs: () => nowMs, everyMs: 5 })
  })
  afterEach(async () => {
    await heart.stop()
    await db.close()
  })

  const beats = async (): Promise<readonly string[]> => {
    const [rows] = await db.sequelize.query('SELECT id, beat_at FROM processes ORDER BY id')
    return rows.map((row) => JSON.stringify(row))
  }
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + 30_000
    while (!(await isSo())) {
      if (Date.now() > end) throw new Error('not in time')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  async function anotherBeat(): Promise<void> {
    const before = await beats()
    await until(async () => (await beats()).join() !== before.join())
    // The beat that wrote it has noted its time.
    const since = await beats()
    await until(async () => (await beats()).join() !== since.join())
  }

  it('is steady only after beating for a while without a pause', async () => {
    expect(heart.isSteady()).toBe(false)
    heart.start()
    await anotherBeat()
    expect(await beats()).toEqual([expect.stringContaining(`"id":${heart.id},`)])
    expect(heart.isSteady()).toBe(false)
    for (let step = 0; step < 4; step += 1) {
      nowMs += 2_500
      await anotherBeat()
    }
    expect(heart.isSteady()).toBe(true)
    // It stood still, or the database was away: whoever is silent now may have been so, too.
    nowMs += 20_000
    expect(heart.isSteady()).toBe(false)
    await anotherBeat()
    expect(heart.isSteady()).toBe(false)
  })

  it('removes its row when it stops; a process that falls silent counts as gone', async () => {
    heart.start()
    await anotherBeat()
    await heart.stop()
    expect(await beats()).toEqual([])
    await silenceProcess(db, 7, 60)
    expect(await hasGoneProcess(db)).toBe(true)
  })
})
