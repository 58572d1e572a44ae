import { packageDirectory, run, toolPath } from './run.ts'

const deno = toolPath('deno')

describe('under Deno', () => {
  it('the same tests pass, type-checked and without any permission', async () => {
    const output = await run(deno, ['test', '--no-prompt', 'src'], packageDirectory)
    const [, passed, failed] = /(\d+) passed \| (\d+) failed/.exec(output) ?? []
    expect(Number(passed)).toBeGreaterThan(250)
    expect(Number(failed)).toBe(0)
    expect(output).not.toContain('ignored')
  })

  it('the package can be published on JSR, without slow types and without its tests', async () => {
    const output = await run(deno, ['publish', '--dry-run', '--allow-dirty'], packageDirectory)
    expect(output).toContain('Checking for slow types in the public API')
    expect(output).toContain('Dry run complete')
    expect(output).not.toMatch(/warning|slow-type|\.test\.ts/i)
    expect(output).toContain('src/mod.ts')
  })
})
