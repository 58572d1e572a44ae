import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../dist/main.js')

function run(words: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; text: string }> {
  const { PATH } = process.env
  return new Promise((done) => {
    execFile(process.execPath, [main, ...words], { env: { PATH, ...env } }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    )
  })
}

describe('a command without a database', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paikea-none-'))
    mkdirSync(join(folder, 'empty'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const remedy = 'the first start creates one, or `paikea migrate`'
  const commands = [['create-token'], ['create-user', 'ada@example.org'], ['reset-password', 'ada@example.org']]

  test.each(commands)('%s refuses in one line, and creates nothing', async (...words) => {
    const env = { INIT_CWD: folder }
    expect(await run([...words, '--data', 'mistyped'], env)).toEqual({
      code: 78,
      text: `there is no database in the data folder ${folder}/mistyped (no such folder): check --data, PAIKEA_DATA and PAIKEA_DB_URI; ${remedy}\n`,
    })
    expect(await run(words, { PAIKEA_DATA: join(folder, 'empty') })).toEqual({
      code: 78,
      text: `there is no database in the data folder ${folder}/empty (no paikea.db in it): check --data, PAIKEA_DATA and PAIKEA_DB_URI; ${remedy}\n`,
    })
    expect(await run(words, { ...env, PAIKEA_DB_URI: `sqlite:///${folder}/other.db` })).toEqual({
      code: 78,
      text: `there is no database at ${folder}/other.db, where PAIKEA_DB_URI points; ${remedy}\n`,
    })
    expect(readdirSync(folder, { recursive: true })).toEqual(['empty'])
  })

  test('succeeds after `migrate` has created the database', async () => {
    const data = ['--data', 'new']
    expect(await run(['migrate', ...data], { INIT_CWD: folder })).toMatchObject({ code: 0 })
    expect(await run(['create-token', ...data], { INIT_CWD: folder })).toMatchObject({ code: 0 })
  })
})
