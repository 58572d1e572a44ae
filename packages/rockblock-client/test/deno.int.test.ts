import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DENO, PACKAGE_DIR } from './scratch.ts'

const run = promisify(execFile)

describe('the same test files under Deno', () => {
  const files = readdirSync(join(PACKAGE_DIR, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .toSorted()

  it('all use the shared harness', () => {
    for (const file of files) expect(readFileSync(join(PACKAGE_DIR, 'src', file), 'utf8')).toContain('test/harness.ts')
    expect(files.length).toBeGreaterThan(20)
  })

  it('all pass, type-checked, with none left out or ignored', async () => {
    const { scripts } = JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8'))
    const [, ...args] = String(scripts['test:deno']).split(' ')
    const env = { ...process.env, NO_COLOR: '1' }
    const { stdout, stderr } = await run(DENO, args, { cwd: PACKAGE_DIR, env, maxBuffer: 10_000_000 })
    const ran = [...stdout.matchAll(/^running (\d+) tests? from \.\/src\/(.+)$/gm)]
    expect(ran.map(([, , file = '']) => file).toSorted()).toEqual(files)
    const count = ran.reduce((sum, [, tests]) => sum + Number(tests), 0)
    expect(stdout).toMatch(new RegExp(`^ok \\| ${count} passed \\| 0 failed \\(`, 'm'))
    expect(count).toBeGreaterThan(250)
    expect(stdout + stderr).not.toMatch(/ignored/)
  })
})
