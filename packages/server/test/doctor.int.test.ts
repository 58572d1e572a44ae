import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepSettings } from '@paikea/server/config'

const main = join(import.meta.dirname, '../dist/main.js')
/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1'

interface Answer {
  readonly code: number
  /** The findings, without the variables that are set. */
  readonly findings: readonly string[]
  readonly text: string
}

function run(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Answer> {
  const { PATH } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { env: { PATH, ...env } }, (error, stdout, stderr) => {
      const findings = stdout.split('\n').filter((line) => /^\S/.test(line))
      resolve({ code: Number(error?.code ?? 0), findings, text: stdout + stderr })
    })
  })
}

describe('paikea doctor', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-doctor-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** What `npm start` has set up with a simulated vendor. */
  const settings = (url: string): Record<string, string> => ({
    PAIKEA_PORT: '1',
    TEMPORAL_ADDRESS: NOWHERE,
    TEMPORAL_API_KEY: '',
    ROCKBLOCK_URL: url,
    ROCKBLOCK_USER: 'user',
    ROCKBLOCK_PASS: 'password',
    ROCKBLOCK_PASS_FILE: '',
  })

  test('finds nothing before the first start, and makes nothing', async () => {
    const missing = join(folder, 'none')
    const { code, findings } = await run(['doctor', '--data', missing], { TEMPORAL_ADDRESS: NOWHERE })
    expect(code).toBe(1)
    expect(findings).toEqual([
      `WRONG   data folder: ${missing} is not there: the first \`npm start\` makes it, or set PAIKEA_DATA`,
      `WRONG   database: ${missing}/paikea.db is not there: the first \`npm start\` makes it, elsewhere \`paikea migrate\``,
      'ok      webhook secret: none yet: the first start makes one',
      'WRONG   Temporal: 127.0.0.1:1, namespace default does not answer: set TEMPORAL_ADDRESS, or start it',
      'ok      RockBLOCK log-in: none set (ROCKBLOCK_USER): messages to modems wait for it',
    ])
    expect(existsSync(missing)).toBe(false)
  })

  test('knows of a stopped `npm start` what that has set up, and finds nothing wrong', async () => {
    await run(['migrate'], { PAIKEA_DATA: folder })
    await run(['create-user', 'ada@example.org', '--system-admin'], { PAIKEA_DATA: folder })
    writeFileSync(join(folder, 'admin-password.txt'), 'x', { mode: 0o600 })
    writeFileSync(join(folder, 'webhook-secret.txt'), 'a-secret-that-is-never-printed', { mode: 0o600 })
    await keepSettings(folder, settings('http://127.0.0.1:1'))
    // A real log-in of the same person does not reach the simulated vendor, and is not what this installation uses.
    const env = { PAIKEA_DATA: folder, ROCKBLOCK_USER: 'real', ROCKBLOCK_PASS: 'hunter2', TEMPORAL_API_KEY: 'k' }
    const before = readdirSync(folder)
    const { code, findings, text } = await run(['doctor'], env)
    expect(findings).toEqual([
      `ok      data folder: ${folder}`,
      'ok      database: sqlite, tables up to date',
      `ok      accounts: 1; the password that the first start made is in ${folder}/admin-password.txt`,
      `ok      webhook secret: the one the first start made, in ${folder}/webhook-secret.txt`,
      'stopped service: nothing of ours answers at http://127.0.0.1:1/; `npm start` brings it up',
      'stopped Temporal: 127.0.0.1:1, namespace default; `npm start` brings it up',
      'stopped RockBLOCK log-in: set, for http://127.0.0.1:1, which does not answer now',
    ])
    expect(code).toBe(0)
    expect(text).toContain('        ROCKBLOCK_USER=user\n')
    expect(text).not.toMatch(/hunter2|never-printed/)
    expect(readdirSync(folder)).toEqual(before)
    const bare = await run(['doctor', '--environment'], { PAIKEA_DATA: folder, TEMPORAL_ADDRESS: NOWHERE })
    expect(bare.code).toBe(1)
    expect(bare.text).toContain('none set (ROCKBLOCK_USER)')
  })

  test('tells a right log-in from a wrong one, by asking', async () => {
    let answer = 'FAILED,16,No data'
    const vendor = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1')
    await new Promise((resolve) => vendor.once('listening', resolve))
    const { port } = vendor.address() as AddressInfo // it listens on TCP
    const url = `http://127.0.0.1:${port}`
    await keepSettings(folder, settings(url))
    const ask = async () => (await run(['doctor'], { PAIKEA_DATA: folder })).findings.at(-1)
    expect(await ask()).toBe(`ok      RockBLOCK log-in: right, says ${url}`)
    answer = 'FAILED,10,Invalid login credentials'
    expect(await ask()).toBe(`WRONG   RockBLOCK log-in: wrong, says ${url}: look at ROCKBLOCK_USER and ROCKBLOCK_PASS`)
    vendor.close()
  })

  test('says in one line that the settings of `npm start` are damaged', async () => {
    await keepSettings(folder, {})
    writeFileSync(join(folder, 'run', 'settings.json'), '{')
    const { code, text } = await run(['doctor'], { PAIKEA_DATA: folder })
    expect(code).toBe(78)
    expect(text).toMatch(/^wrong configuration: \S+settings\.json is damaged: [^\n]*\n$/)
  })
})
