import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildDevice, buildModem } from '@paikea/database/testing'
import { createProgram } from './program.ts'
import { withStore } from './with-store.ts'

describe('paikea recovery', () => {
  let folder: string
  let env: NodeJS.ProcessEnv
  let iam: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-cli-'))
    env = { PAIKEA_DATA: folder }
    iam = await withStore(env, async (db) => {
      await db.migrate()
      const modem = await buildModem(db)
      return (await buildDevice(db, { modemId: modem.id, generation: 'v3' })).iam
    })
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function run(...words: readonly string[]): Promise<string> {
    const printed: string[] = []
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        printed.push(String(text))
        return true
      }),
    )
    try {
      await createProgram(env).parseAsync(['recovery', ...words], { from: 'user' })
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
    return printed.join('')
  }

  it('quotes a price, begins only when --confirm covers it, and ends on command', async () => {
    const wish = [iam, '--minutes', '5', '--hours', '2', '--back', '60']
    // 24 reports at 2 credits and 2 commands.
    expect(await run('begin', ...wish)).toContain('50 credits for 24 reports and 2 commands')
    await expect(run('show', iam)).rejects.toThrow('has never been in recovery')
    await expect(run('begin', ...wish, '--confirm', '49')).rejects.toThrow('--confirm: it costs more: 50 credits')
    expect(await run('begin', ...wish, '--confirm', '50')).toMatch(/^running\tevery 5 min until /)
    expect(await run('end', iam)).toMatch(/^ended \(by-operator\)\tevery 5 min until .*\tthen 60 min\t50 credits/)
    const shown: unknown = JSON.parse(await run('show', iam, '--json'))
    expect(shown).toMatchObject({ state: 'ended', reason: 'by-operator', backCommandId: expect.any(Number) })
    await expect(run('end', iam)).rejects.toThrow('The device is not in recovery.')
  })

  it.each([
    [['begin', 'PK404'], 'there is no device "PK404"'],
    [['begin', 'DEVICE', '--minutes', 'soon'], '--minutes: must be a number above 0'],
    [['begin', 'DEVICE'], 'backMinutes: its current interval is unknown'],
  ])('reports what is wrong with %j', async (words, why) => {
    await expect(run(...words.map((word) => word.replace('DEVICE', iam)))).rejects.toThrow(why)
  })
})
