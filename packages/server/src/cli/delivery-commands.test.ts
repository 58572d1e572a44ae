import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parkVendorAccount } from '@paikea/database'
import { buildModem, buildOutbound } from '@paikea/database/testing'
import { createProgram } from './program.ts'
import { withStore } from './with-store.ts'

describe('paikea deliveries', () => {
  let folder: string
  let env: NodeJS.ProcessEnv
  const printed: string[] = []
  const paikea = async (...args: string[]) => {
    printed.length = 0
    await createProgram(env).parseAsync(args, { from: 'user' })
    return printed.join('')
  }
  const run = (...args: string[]) => paikea('deliveries', ...args)
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

  it('settles an unknown delivery, and resumes parked ones only by id or with --all', async () => {
    const [unknown, parked] = [String(await build('unknown')), String(await build('parked'))]
    expect(await run('arrived', unknown)).toBe(`${unknown}: sent\n`)
    expect(await run('resume', parked)).toBe(`${parked}: queued\n`)
    expect(await run('list', '--state', 'queued')).toContain(`${parked}  queued  modem`)
    await build('parked')
    expect(await run('resume', '--all')).toBe('1 deliveries and 0 accounts resumed\n')
    await expect(run('resume')).rejects.toThrow('name them: ids')
  })

  it('states what a resend costs, and sends again with --yes', async () => {
    const id = String(await build('unknown'))
    const before = await run('list')
    expect(await run('resend', id)).toContain('costs 2 credits')
    expect(await run('list')).toBe(before)
    expect(await run('resend', '--yes', id)).toMatch(new RegExp(`^${id}: sent again as \\d+ for 2 credits`))
  })

  it('lists the vendor accounts, and resumes only a parked one', async () => {
    expect(await paikea('accounts', 'list')).toMatch(/^modem\t.*\tactive\t0 waiting\t-\nrockstar\t.*\tactive/)
    await withStore(env, async (db) => {
      const park = { kind: 'modem', reasonCode: 'no-credit', reasonDetail: 'none', probeAt: new Date() }
      await db.write((tx) => parkVendorAccount(db, park, tx))
      await buildOutbound(db, { state: 'queued', lane: 'held', imei: (await buildModem(db)).imei })
    })
    expect(await paikea('accounts', 'list')).toMatch(/^modem\t.*\tparked\t\d waiting\t\S/)
    expect(await paikea('accounts', 'resume', 'modem')).toMatch(/^modem: active again, \d deliveries continue\n$/)
    await expect(paikea('accounts', 'resume', 'modem')).rejects.toThrow('nothing to resume')
    await expect(paikea('accounts', 'resume', 'webhook')).rejects.toThrow('no such account')
  })

  it('continues past a refused delivery, and exits with 1', async () => {
    const [sent, unknown] = [String(await build('sent')), String(await build('unknown'))]
    const text = await run('arrived', sent, unknown)
    expect(text).toContain(`${sent}: The message is sent`)
    expect(text).toContain(`${unknown}: sent`)
    expect(process.exitCode).toBe(1)
    process.exitCode = undefined
  })
})
