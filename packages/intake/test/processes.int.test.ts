import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { buildDevice, buildModem, databaseKinds, openTestDatabase, type TestDatabase } from '@paikea/database/testing'

const script = join(import.meta.dirname, 'support', 'accept-many.mjs')

interface Accepting {
  readonly child: ChildProcess
  /** `<status> <key>` of each message answered so far. */
  readonly lines: string[]
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>
  /** Resolves when so many have been answered. */
  answered(count: number): Promise<void>
}

/** Runs the built packages in a process of their own. */
function startAccepting(uri: string, imei: string, total: number): Accepting {
  const child = spawn(process.execPath, [script, uri, imei, String(total), '32'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(() => ({ code: child.exitCode, errors }))
  return {
    child,
    lines,
    ended,
    answered: (count) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (lines.length < count) return
          reader.off('line', check)
          resolve()
        }
        reader.on('line', check)
        void ended.then(() => reject(new Error(`ended after ${lines.length}: ${errors}`)))
      }),
  }
}

describe.each(databaseKinds())('intake in separate processes, on %s', (kind) => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await openTestDatabase(kind)
  })
  afterEach(() => db.drop())

  it('keeps every answered message exactly once, with its report, after a kill -9 in the middle', async () => {
    const modem = await buildModem(db)
    const device = await buildDevice(db, { modemId: modem.id })
    const accepting = startAccepting(db.uri, modem.imei, 100_000)
    await accepting.answered(500)
    accepting.child.kill('SIGKILL')
    await accepting.ended

    const keys = accepting.lines.map((line) => line.replace(/^accepted /, ''))
    const { InboundMessage, Report, DeviceState } = db.models
    expect(await InboundMessage.count({ where: { duplicateKey: keys } })).toBe(keys.length)
    // All or nothing of each message: one that was stored but not answered has its report as well.
    const stored = await InboundMessage.count()
    expect(await Report.count({ where: { deviceId: device.id, hasFix: true } })).toBe(stored)
    const newest = await Report.max<Date, InstanceType<typeof Report>>('fixAt')
    const state = await DeviceState.findByPk(device.id)
    expect(state?.lastFixAt?.getTime()).toBe(new Date(newest).getTime())

    // The vendor sends again what it had no answer for, and everything else besides.
    const again = startAccepting(db.uri, modem.imei, stored)
    expect(await again.ended).toEqual({ code: 0, errors: '' })
    expect(again.lines.every((line) => line.startsWith('duplicate '))).toBe(true)
    expect(await InboundMessage.count()).toBe(stored)
  })

  it('shares the database between two processes, refusing no message and storing none twice', async () => {
    const modem = await buildModem(db)
    const runs = [1, 2].map(() => startAccepting(db.uri, modem.imei, 400))
    const ends = await Promise.all(runs.map(({ ended }) => ended))
    expect(ends).toEqual([
      { code: 0, errors: '' },
      { code: 0, errors: '' },
    ])
    const statuses = runs.flatMap(({ lines }) => lines.map((line) => line.split(' ')[0]))
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(400)
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(400)
    expect(await db.models.InboundMessage.count({ where: { copies: 1 } })).toBe(400)
    expect(await db.models.Report.count({ where: { repeatOfId: null } })).toBe(400)
  })
})
