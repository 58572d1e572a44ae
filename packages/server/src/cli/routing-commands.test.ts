import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allTargets } from '@paikea/delivery'
import { startReceiver, type Receiver } from '@paikea/delivery/testing'
import { createDevice, ensureDefaultGroup, systemCaller } from '@paikea/operations'
import { createProgram } from './program.ts'
import { ADDRESS_FLAGS } from './routing-program.ts'
import { withStore } from './with-store.ts'

describe('paikea endpoints and routes', () => {
  let folder: string
  let receiver: Receiver
  let env: NodeJS.ProcessEnv
  const IMEI = '300234010000002'

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paikea-cli-'))
    receiver = await startReceiver()
    env = { PAIKEA_DATA: folder, PAIKEA_PRIVATE_TARGETS: '127.0.0.0/8' }
    await run('migrate')
    const context = { caller: systemCaller('cli') }
    await withStore(env, async (db) => {
      await ensureDefaultGroup(db)
      await createDevice({ ...context, db }, { kind: 'buoy', iam: 'PK001' })
      await db.write((transaction) => db.models.Modem.create({ imei: IMEI, claimed: true }, { transaction }))
      await createDevice({ ...context, db }, { kind: 'handset', iam: 'HS001', imei: IMEI })
    })
  })
  afterAll(async () => {
    await receiver.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** What a command prints, as lines. */
  async function run(...words: readonly string[]): Promise<readonly string[]> {
    const printed: string[] = []
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      jest.spyOn(process[name], 'write').mockImplementation((text) => {
        if (name === 'stdout') printed.push(String(text))
        return true
      }),
    )
    try {
      await createProgram(env)
        .exitOverride()
        .parseAsync(['node', 'paikea', ...words])
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
    return printed
      .join('')
      .split('\n')
      .filter((line) => line !== '')
  }

  it('has a flag for each field of each kind of address', () => {
    const fields = allTargets().flatMap((target) => Object.keys(target.fields))
    expect(new Set(Object.keys(ADDRESS_FLAGS))).toEqual(new Set(fields))
  })

  it('adds, tests, changes, pauses and removes a webhook, and prints each new secret', async () => {
    const [made, secret] = await run('endpoints', 'add', 'webhook', '--url', `${receiver.url}/hook`, '--label', 'crew')
    expect(made).toMatch(/^1\twebhook\tcrew\t/)
    expect(secret).toMatch(/^whsec_/)
    const [tried] = await run('endpoints', 'test', '1', '--json')
    expect(JSON.parse(tried ?? '')).toMatchObject({ outcome: 'sent', status: 204 })
    expect(receiver.requests).toHaveLength(1)
    expect((await run('endpoints', 'preview', '1')).join('')).toMatch(/"type":"test"/)
    expect(await run('endpoints', 'rotate-secret', '1')).toEqual([expect.stringMatching(/^whsec_/)])
    expect(await run('endpoints', 'rotate-secret', '1', '--end-old')).toEqual([])
    expect(await run('endpoints', 'pause', '1', '--reason', 'The crew sleeps.')).toEqual([
      expect.stringContaining('\tpaused\tThe crew sleeps.'),
    ])
    expect((await run('endpoints', 'resume', '1'))[0]).toContain('\tactive\t')
    const [changed] = await run('endpoints', 'change', '1', '--format', 'vendor', '--json')
    expect(JSON.parse(changed ?? '')).toMatchObject({ id: 1, label: 'crew', format: 'vendor' })
    await run('routes', 'add', '--from', 'PK001', '--to', '1')
    await run('endpoints', 'remove', '1')
    expect(await run('endpoints', 'list')).toEqual([])
    expect(await run('routes', 'list')).toEqual([])
  })

  it('adds, changes and removes a route, and backfills it only while it is enabled', async () => {
    const [made] = await run('routes', 'add', '--from', 'PK001', '--to', `modem:${IMEI}`, '--type', 'PK101', '--json')
    const { id } = JSON.parse(made ?? '{}')
    expect(JSON.parse(made ?? '')).toMatchObject({ sourceIam: 'PK001', messageType: 'PK101', enabled: true })
    const [changed] = await run('routes', 'change', String(id), '--type', 'any', '--from', 'buoy', '--disable')
    expect(changed).toMatch(new RegExp(`^${String(id)}\tbuoy\tany\tmodem\t.*${IMEI}.*\toff$`))
    const [past] = await run('routes', 'backfill', String(id), '--since', '2026-01-01').catch(({ message }) => [
      message,
    ])
    expect(past).toMatch(/switched off/)
    await run('routes', 'change', String(id), '--enable')
    expect(await run('routes', 'backfill', String(id), '--since', '2026-01-01')).toEqual([
      '0 messages\t0 deliveries\t0 credits\t{}\tnot sent: confirm with --confirm 0',
    ])
    await run('routes', 'remove', String(id))
    expect(await run('routes', 'list')).toEqual([])
  })

  it('sets and shows airtime budgets and overrides', async () => {
    await run('airtime', 'budget', '--device', 'PK001', '--stop', '100')
    expect(await run('airtime', 'budgets')).toContain('PK001\tmonth\tspent 0\twarn 80\tstop 100\tok\t-')
    await run('airtime', 'override', '--device', 'PK001', '--hours', '1', '--reason', 'a search')
    expect((await run('airtime', 'budgets')).join('\n')).toMatch(/PK001\tmonth.*overridden until/)
    expect(await run('airtime', 'spent', '--by', 'group')).toEqual([])
  })

  it.each<[RegExp, ...string[]]>([
    [/^No stop level is set/, 'airtime', 'override', '--hours', '1', '--reason', 'x'],
    [/^--warn: must be a whole number/, 'airtime', 'budget', '--warn', 'much'],
    [/^ids: there is no message 99/, 'release', '99'],
    [/^kind: there is no such kind/, 'endpoints', 'add', 'pigeon'],
    [/^url: must be a URL/, 'endpoints', 'add', 'webhook', '--url', 'nowhere'],
    [/^imei: is not a field of a webhook/, 'endpoints', 'add', 'webhook', '--imei', IMEI],
    [/^format: must be one of/, 'endpoints', 'add', 'sqs', '--queue-name', 'q', '--format', 'xml'],
    [/^<id>: must be a number/, 'endpoints', 'pause', 'x'],
    [/^There is no such endpoint/, 'endpoints', 'pause', '99'],
    [/^--to: must be the id/, 'routes', 'add', '--from', 'buoy', '--to', 'mars'],
    [/^--from: there is no device/, 'routes', 'add', '--from', 'PK777', '--to', '1'],
    [/^messageType: must be one of/, 'routes', 'add', '--from', 'buoy', '--type', 'PK9', '--to', `modem:${IMEI}`],
    [
      /^messageType: PK005 cannot be sent/,
      'routes',
      'add',
      '--from',
      'any',
      '--type',
      'PK005',
      '--to',
      `modem:${IMEI}`,
    ],
  ])('refuses in one line: %s', async (line, ...words) => {
    await expect(run(...words)).rejects.toThrow(line)
  })
})
