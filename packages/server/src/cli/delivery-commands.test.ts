import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModem, buildOutbound } from '@paikea/database/testing'
import { createProgram } from './program.ts'
import { withStore } from './with-store.ts'

describe('paikea deliveries', () => {
  let folder: string
  let env: NodeJS.ProcessEnv
  const printed: string[] = []
  const run = async (...args: string[]) => {
    printed.length = 0
    await createProgram(env).parseAsync(['deliveries', ...args], { from: 'user' })
    return printed.join('')
  }
  const build = (state: 'unknown' | 'parked' | 'sent') =>
    withStore(env, async (db) => {
      const { imei } = await buildModem(db)
      return Number((await buildOutbound(db, { state, imei, credits: 2 })).id)
    })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-cli-'))
    env = { PAIKEA_DATA: folder }
    await withStore(env, (db) => db.migrate())
  })
  beforeEach(() => {
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        printed.push(String(text))
        return true
      })
    }
  })
  afterAll(async () => {
    jest.restoreAllMocks()
    process.exitCode = undefined
    await rm(folder, { recursive: true })
  })

  it('settles an unknown one, and resumes a parked one', async () => {
    const [unknown, parked] = [String(await build('unknown')), String(await build('parked'))]
    expect(await run('arrived', unknown)).toBe(`${unknown}: sent\n`)
    expect(await run('resume', parked)).toBe(`${parked}: queued\n`)
    expect(await run('list', '--state', 'queued')).toContain(`${parked}  queued  modem`)
    await build('parked')
    expect(await run('resume', '--all')).toBe('1 deliveries and 0 accounts go on\n')
    await expect(run('resume')).rejects.toThrow('say which')
  })

  it('says what a resend costs, and does it when told to', async () => {
    const id = String(await build('unknown'))
    expect(await run('resend', id)).toContain('costs 2 credits')
    expect(await run('resend', '--yes', id)).toMatch(new RegExp(`^${id}: sent again as \\d+ for 2 credits`))
  })

  it('goes on behind one that is refused, and ends with an error', async () => {
    const [sent, unknown] = [String(await build('sent')), String(await build('unknown'))]
    const text = await run('arrived', sent, unknown)
    expect(text).toContain(`${sent}: The message is sent`)
    expect(text).toContain(`${unknown}: sent`)
    expect(process.exitCode).toBe(1)
    process.exitCode = undefined
  })
})
